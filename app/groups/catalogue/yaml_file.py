"""Reads communities and groups from YAML, keeping the line of everything for what there is to say about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from app.core import addresses, zones
from app.groups import rules
from app.groups.catalogue.entries import CommunityEntry, GroupEntry, KeywordEntry, Reader
from app.people.rules import LONGEST_SYNONYM, MOST_SYNONYMS

DEEPEST = 20
STANDARD_TAG = "tag:yaml.org,2002:"
COMMUNITY = (("slug", "name"), ("goal", "colour", "groups"))
GROUP = (("slug", "name"), ("topics", "mandate", "time_zone"))
KEYWORD = (("slug", "name"), ("synonyms",))
UNQUOTED = {"bool": "yes or no", "int": "a number", "float": "a number", "timestamp": "a date"}
"""What YAML takes some texts for when they are not in quotes."""
KINDS = {MappingNode: "a mapping", SequenceNode: "a list", ScalarNode: "a text"}


class _Loader(yaml.SafeLoader):
    """Plain data only: no aliases, which can make a small file huge, and no bottomless nesting."""

    depth = 0

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        mark: Any = event.start_mark
        if isinstance(event, yaml.AliasEvent):
            raise yaml.MarkedYAMLError(problem="aliases (*) are not used here", problem_mark=mark)
        self.depth += 1
        if self.depth > DEEPEST:
            raise yaml.MarkedYAMLError(problem="nested too deeply", problem_mark=mark)
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1


@dataclass(frozen=True)
class _Value:
    """A value with the line of its key, for when the value itself is the wrong kind of thing."""

    called: str
    node: Node
    line: int


def read(text: str, reader: Reader) -> None:
    """Add the file's communities and groups, or its fields of expertise, or both, to the catalogue."""
    root = _parse(text, reader)
    if root is None:
        return
    needed = () if _names_expertise(root) else ("communities",)
    found = _mapping(_Value("the file", root, _line(root)), needed, ("communities", "expertise"), reader, "the file")
    catalogue = reader.catalogue
    if "communities" in found or needed:
        catalogue.communities = catalogue.communities or []
        catalogue.groups = catalogue.groups or []
        for node in _items(found["communities"], reader) if "communities" in found else []:
            _community(node, reader)
    if "expertise" in found:
        catalogue.keywords = catalogue.keywords or []
        for node in _items(found["expertise"], reader):
            _keyword(node, reader)


def _names_expertise(root: Node) -> bool:
    return isinstance(root, MappingNode) and any(
        isinstance(key, ScalarNode) and key.value == "expertise" for key, _node in root.value
    )


def _parse(text: str, reader: Reader) -> Node | None:
    try:
        loader = _Loader(text)
        try:
            root = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        began = error.context_mark.line + 1 if error.context_mark else 1
        line = error.problem_mark.line + 1 if error.problem_mark else began
        since = f", in what began on line {began}" if error.context_mark and began != line else ""
        reader.fault(line, f"not YAML: {error.problem or error.context}{since}")
        return None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        reader.fault(line, f"not YAML: the character U+{int(error.character):04X} is not allowed")
        return None
    if root is None:
        reader.fault(1, "the file is empty")
    return root


def _community(node: Node, reader: Reader) -> None:
    assert reader.catalogue.communities is not None
    line = _line(node)
    found = _mapping(_Value("a community", node, line), *COMMUNITY, reader, "community")
    slug = _slug(found, "community", reader)
    light, dark = _colours(found, reader)
    reader.catalogue.communities.append(
        CommunityEntry(
            place=reader.place(line),
            slug=slug,
            position=(len(reader.catalogue.communities) + 1) * rules.STEP,
            names=_texts(found, "name", rules.LONGEST_NAME, reader, needed=True),
            goals=_texts(found, "goal", rules.LONGEST_GOAL, reader),
            colour_light=light,
            colour_dark=dark,
        )
    )
    for number, group in enumerate(_items(found["groups"], reader) if "groups" in found else [], start=1):
        _group(group, slug, number * rules.STEP, reader)


def _group(node: Node, community: str, position: int, reader: Reader) -> None:
    assert reader.catalogue.groups is not None
    line = _line(node)
    found = _mapping(_Value("a group", node, line), *GROUP, reader, "group")
    reader.catalogue.groups.append(
        GroupEntry(
            place=reader.place(line),
            slug=_slug(found, "group", reader),
            community=community,
            position=position,
            names=_texts(found, "name", rules.LONGEST_NAME, reader, needed=True),
            topics=_lists(found, "topics", "topic", rules.MOST_TOPICS, rules.LONGEST_TOPIC, reader),
            mandate=_texts(found, "mandate", rules.LONGEST_MANDATE, reader, lines=True),
            time_zone=_zone(found, reader),
        )
    )


def _keyword(node: Node, reader: Reader) -> None:
    assert reader.catalogue.keywords is not None
    line = _line(node)
    found = _mapping(_Value("a field of expertise", node, line), *KEYWORD, reader, "field of expertise")
    reader.catalogue.keywords.append(
        KeywordEntry(
            place=reader.place(line),
            slug=_slug(found, "keyword", reader),
            names=_texts(found, "name", rules.LONGEST_NAME, reader, needed=True),
            synonyms=_lists(found, "synonyms", "synonym", MOST_SYNONYMS, LONGEST_SYNONYM, reader),
        )
    )


def _mapping(
    value: _Value, needed: tuple[str, ...], optional: tuple[str, ...], reader: Reader, kind: str
) -> dict[str, _Value]:
    """The parts of a mapping by their keys, which must be among those given."""
    found = _pairs(value, reader)
    known = (*needed, *optional)
    for name, part in list(found.items()):
        if name not in known:
            reader.fault(part.line, f"unknown key “{name}”; known here: {', '.join(known)}")
            del found[name]
    if isinstance(value.node, MappingNode):
        for name in needed:
            if name not in found:
                what = "the file" if kind == "the file" else f"the {kind} that begins here"
                reader.fault(_line(value.node), f"{what} has no “{name}”")
    return found


def _pairs(value: _Value, reader: Reader) -> dict[str, _Value]:
    """The parts of a mapping by their keys, which must be different."""
    found: dict[str, _Value] = {}
    if not _is(value, MappingNode, reader):
        return found
    for key, node in value.node.value:
        line = _line(key)
        if not isinstance(key, ScalarNode):
            reader.fault(line, f"a key must be a word, not {KINDS[type(key)]}")
        elif key.value in found:
            reader.fault(line, f"“{key.value}” stands here twice; first on line {found[key.value].line}")
        else:
            found[key.value] = _Value(f"“{key.value}”", node, line)
    return found


def _items(value: _Value, reader: Reader) -> list[Node]:
    return list(value.node.value) if _is(value, SequenceNode, reader) else []


def _is(value: _Value, wanted: type[Node], reader: Reader) -> bool:
    """Whether the value is of that kind; otherwise it is a fault."""
    node = value.node
    if not isinstance(node, wanted):
        empty = isinstance(node, ScalarNode) and not node.value
        found = "empty" if empty else f"{KINDS[type(node)]}, not {KINDS[wanted]}"
        reader.fault(value.line, f"{value.called} is {found}")
        return False
    if not isinstance(node, ScalarNode) and node.tag not in (f"{STANDARD_TAG}map", f"{STANDARD_TAG}seq"):
        reader.fault(_line(node), f"the tag “{node.tag}” is not used here")
        return False
    return True


def _text(value: _Value, reader: Reader, longest: int, *, lines: bool = False) -> str:
    """A text; "" where there is a fault. What YAML takes for a number, a date or a yes must be put in quotes."""
    if not _is(value, ScalarNode, reader):
        return ""
    node = value.node
    kind = node.tag.removeprefix(STANDARD_TAG)
    if kind == "null":
        reader.fault(value.line, f"{value.called} is empty")
        return ""
    if kind in UNQUOTED:
        reader.fault(_line(node), f"{value.called}: YAML takes {node.value} for {UNQUOTED[kind]}; put it in quotes")
        return ""
    if kind != "str":
        reader.fault(_line(node), f"{value.called}: the tag “{node.tag}” is not used here")
        return ""
    return reader.cleaned(node.value, _line(node), value.called, longest, lines=lines)


def _slug(found: dict[str, _Value], kind: str, reader: Reader) -> str:
    if "slug" not in found:
        return ""
    value = found["slug"]
    slug = _text(value, reader, addresses.LONGEST)
    if slug and not addresses.SLUG.fullmatch(slug):
        reader.fault(_line(value.node), f"slug “{slug}”: only a-z, 0-9 and single hyphens between them")
    elif slug:
        reader.take(kind, slug, _line(value.node))
    return slug


def _by_language(found: dict[str, _Value], name: str, reader: Reader, *, needed: bool) -> dict[str, _Value]:
    """The parts of a mapping from languages, those of this installation."""
    if name not in found:
        return {}
    value = found[name]
    parts = _pairs(value, reader)
    if needed and isinstance(value.node, MappingNode) and reader.default_language not in parts:
        reader.fault(value.line, f"{value.called} has nothing in “{reader.default_language}”, the default language")
    called = {code: _Value(f"{value.called} in “{code}”", part.node, part.line) for code, part in parts.items()}
    return {code: part for code, part in called.items() if reader.wants(code, part.line)}


def _texts(
    found: dict[str, _Value], name: str, longest: int, reader: Reader, *, needed: bool = False, lines: bool = False
) -> dict[str, str]:
    parts = _by_language(found, name, reader, needed=needed)
    return {code: _text(part, reader, longest, lines=lines) for code, part in parts.items()}


def _lists(
    found: dict[str, _Value], name: str, one: str, most: int, longest: int, reader: Reader
) -> dict[str, list[str]]:
    """A list of short texts in each language: topics of a group, synonyms of a keyword."""
    lists = {}
    for code, part in _by_language(found, name, reader, needed=False).items():
        nodes = _items(part, reader)
        if len(nodes) > most:
            reader.fault(part.line, f"{part.called} lists {len(nodes)} {one}s; at most {most}")
        values = (_Value(f"a {one} in “{code}”", node, _line(node)) for node in nodes)
        lists[code] = [_text(value, reader, longest) for value in values]
    return lists


def _zone(found: dict[str, _Value], reader: Reader) -> str | None:
    if "time_zone" not in found:
        return None
    value = found["time_zone"]
    name = _text(value, reader, 60)
    try:
        zones.zone(name or "UTC")
    except zones.UnknownZone:
        reader.fault(_line(value.node), f"time_zone “{name}” is no IANA time zone")
    return name or None


def _colours(found: dict[str, _Value], reader: Reader) -> tuple[str, str]:
    parts = _mapping(found["colour"], ("light", "dark"), (), reader, "colour") if "colour" in found else {}
    light = _colour(parts["light"], reader, dark=False) if "light" in parts else rules.DEFAULT_LIGHT
    dark = _colour(parts["dark"], reader, dark=True) if "dark" in parts else rules.DEFAULT_DARK
    return light, dark


def _colour(value: _Value, reader: Reader, *, dark: bool) -> str:
    if isinstance(value.node, ScalarNode) and value.node.tag == f"{STANDARD_TAG}null":
        reader.fault(value.line, f"{value.called} is empty; a colour stands in quotes, since # begins a comment")
        return ""
    colour = _text(value, reader, 20).lower()
    if not colour:
        return ""
    if not rules.COLOUR.fullmatch(colour):
        reader.fault(_line(value.node), f"colour “{colour}” is not of the form #rrggbb")
    elif (found := rules.least_contrast(colour, dark=dark)) < rules.CONTRAST:
        page = "dark" if dark else "light"
        reader.fault(
            _line(value.node), f"colour “{colour}” cannot be read on a {page} page: contrast {found:.2f}, needed 4.5"
        )
    return colour


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
