"""Translation catalogues: brought up to date with the code, and what lacks in them said.

Without a word it updates app/translations/<language>/LC_MESSAGES/messages.po and compiles them. With `--check` it
changes nothing and fails where a text is new, gone, empty, fuzzy or has other placeholders than the original. With
`--compile` it only makes the files that the application reads.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "app" / "translations"
SOURCES = (("app", "**.py", "python"), ("templates", "**.*", "jinja2"))
KEYWORDS = {
    **dict.fromkeys(("_", "_l", "gettext", "lazy_gettext")),
    **dict.fromkeys(("ngettext", "lazy_ngettext"), (1, 2)),
    "pgettext": ((1, "c"), 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")


def extracted() -> Catalog:
    """Every text of the code and the templates."""
    found = Catalog()
    for folder, pattern, method in SOURCES:
        for _path, _line, message, _comments, context in extract_from_dir(
            ROOT / folder, [(pattern, method)], keywords=KEYWORDS
        ):
            found.add(message, context=context)
    return found


def texts(message: Message) -> list[str]:
    """The translations of a message: one, or one a plural form."""
    return [message.string or ""] if isinstance(message.string, str | None) else list(message.string)


def faults(message: Message) -> str | None:
    """What is wrong with a translation."""
    if message.fuzzy:
        return "fuzzy"
    if not all(texts(message)):
        return "empty"
    originals = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = {name for text in originals for name in PLACEHOLDER.findall(text)}
    for text in texts(message):
        if not set(PLACEHOLDER.findall(text)) <= wanted:
            return f"unknown placeholder in {text!r}"
    if isinstance(message.id, str) and set(PLACEHOLDER.findall(texts(message)[0])) != wanted:
        return f"lacks a placeholder of {message.id!r}"
    return None


def main() -> int:
    """Update or check every language."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--check", action="store_true")
    options.add_argument("--compile", action="store_true")
    asked = options.parse_args()
    catalogues = {}
    for path in sorted(FOLDER.glob("*/LC_MESSAGES/messages.po")):
        with path.open("rb") as file:
            catalogues[path] = read_po(file, locale=path.parent.parent.name)
    if asked.compile:
        for path, catalogue in catalogues.items():
            compile_to(path.with_suffix(".mo"), catalogue)
        return 0
    return maintain(catalogues, check=asked.check)


def compile_to(path: Path, catalogue: Catalog) -> None:
    """Write the file that the application reads."""
    with path.open("wb") as file:
        write_mo(file, catalogue)


def maintain(catalogues: dict[Path, Catalog], *, check: bool) -> int:
    """Compare the catalogues with the code, and update them unless only checking; 1 if something is to mend."""
    template, wrong = extracted(), 0
    for path, catalogue in catalogues.items():
        language = path.parent.parent.name
        problems = []
        known = {message.id for message in catalogue if message.id}
        if check:
            current = {message.id for message in template if message.id}
            problems += [f"not in the catalogue: {item!r}" for item in current - known]
            problems += [f"no longer in the code: {item!r}" for item in known - current]
        else:
            catalogue.update(template, no_fuzzy_matching=True)
            catalogue.obsolete.clear()
        for message in catalogue:
            if message.id and (fault := faults(message)):
                problems.append(f"{fault}: {message.id!r}")
        if not check:
            with path.open("wb") as file:
                write_po(
                    file,
                    catalogue,
                    width=120,
                    no_location=True,
                    sort_output=True,
                    ignore_obsolete=True,
                    omit_header=True,
                )
            compile_to(path.with_suffix(".mo"), catalogue)
        for problem in problems:
            print(f"{language}: {problem}")
        print(f"{language}: {len(catalogue)} texts, {len(problems)} to mend")
        wrong += len(problems)
    if wrong:
        print("Translate them in app/translations, then run: make translations")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
