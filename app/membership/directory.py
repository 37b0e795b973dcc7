"""Reads of the directory: who is found, by whom, and what each may know of them.

Who takes part in the groups finds everybody who does; visitors, and those who merely have an account, find only
people who show something to everybody. Where people sit is for those who take part: filters by group, community and
role do nothing for others. Names are searched, and expertise; never what may be hidden.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, case, or_, select, union
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.core import search
from app.core.db import db
from app.core.pagination import Page, paginate
from app.groups.models import Community, Coordinator, WorkingGroup
from app.membership import policy
from app.membership.closeness import closeness, looked_after, takes_part
from app.membership.models import Membership
from app.membership.rules import Role, State
from app.people.models import SPEAKING, Affiliation, Association, Keyword, Person, PersonKeyword, Photo
from app.people.queries import current_affiliations, in_force_today, person_at
from app.people.rules import Audience, Closeness, may_see
from app.people.viewer import Viewer

SIZE = 30
P = TypeVar("P", Membership, Coordinator)
COORDINATOR = "coordinator"
FOCAL_POINT = "focal_point"


@dataclass(frozen=True)
class Wanted:
    """What is looked for; all that is given has to be true. `role`: a Role, COORDINATOR or FOCAL_POINT."""

    text: str | None = None
    community_id: int | None = None
    group_id: int | None = None
    role: str | None = None
    country: str | None = None
    association_id: int | None = None
    keyword_id: int | None = None


@dataclass(frozen=True)
class Entry:
    """A person as one viewer may see them."""

    person: Person
    closeness: Closeness
    affiliations: Sequence[Affiliation]
    """Those in force today; who speaks for an association is not named its expert too."""
    seats: Sequence[Membership] = field(default=())
    """The active ones, in the catalogue's order; none for who may not know where people sit."""
    coordinated: Sequence[Coordinator] = field(default=())

    @property
    def person_id(self) -> int:
        """The present number, by which the person's page is addressed."""
        return self.person.id

    @property
    def keywords(self) -> Sequence[Keyword]:
        """What the person knows about; nothing for strangers."""
        return () if self.closeness == Closeness.STRANGER else self.person.keywords

    @property
    def email(self) -> str | None:
        """The address, if the viewer may see it; the three that follow likewise."""
        return self.person.email if self._sees(self.person.email_audience) else None

    @property
    def phone(self) -> str | None:
        """The telephone number."""
        return self.person.phone if self._sees(self.person.phone_audience) else None

    @property
    def biography(self) -> str | None:
        """What the person writes about themselves; Markdown."""
        return self.person.biography if self._sees(self.person.biography_audience) else None

    @property
    def photo(self) -> Photo | None:
        """The picture, without its image."""
        return self.person.photo if self._sees(self.person.photo_audience) else None

    def _sees(self, audience: Audience) -> bool:
        return may_see(audience, self.closeness)


def people(viewer: Viewer, wanted: Wanted) -> Select[Person]:
    """The people whom the viewer finds, by name; lists and exports are made of it with `entries`.

    Of those found by a text, whom it names stand before those who are found by what they know.
    """
    found = (
        select(Person)
        .where(listed(viewer), *_text(viewer, wanted.text), *_conditions(viewer, wanted))
        .options(
            selectinload(Person.affiliations).joinedload(Affiliation.association),
            selectinload(Person.photo),
            selectinload(Person.keywords),
        )
    )
    named = search.matches(Person.name_key, wanted.text)
    by_name = [case((and_(*named), 0), else_=1)] if named else []
    return found.order_by(*by_name, Person.search_text, Person.id)


def page_of(viewer: Viewer, wanted: Wanted, number: int, size: int = SIZE) -> Page[Person]:
    """A page of them."""
    return paginate(people(viewer, wanted), number, size)


def entries(viewer: Viewer, found: Sequence[Person]) -> list[Entry]:
    """What the viewer may know of each of these people, in three statements at most."""
    ids = [person.id for person in found]
    near = closeness(viewer, ids)
    shown = ids if takes_part(viewer) else [person_id for person_id in ids if person_id == viewer.person_id]
    seats, coordinated = _found(viewer, _seats(shown)), _found(viewer, _coordinated(shown))
    return [
        Entry(
            person,
            near[person.id],
            () if near[person.id] == Closeness.STRANGER else _telling(current_affiliations(person)),
            seats.get(person.id, ()),
            coordinated.get(person.id, ()),
        )
        for person in found
    ]


def _found(viewer: Viewer, places: Mapping[int, Sequence[P]]) -> dict[int, list[P]]:
    """The places in groups that the viewer finds."""
    return {key: [item for item in items if policy.find(viewer, item.group)] for key, items in places.items()}


def _telling(affiliations: Sequence[Affiliation]) -> list[Affiliation]:
    spoken_for = {item.association_id for item in affiliations if item.function in SPEAKING}
    return [item for item in affiliations if item.function in SPEAKING or item.association_id not in spoken_for]


def entry_at(viewer: Viewer, person_id: int) -> Entry | None:
    """The person of a number, present or former, as the viewer may see them; None for whom they may not find."""
    person = person_at(person_id)
    if person is None or db.session.scalar(select(Person.id).where(Person.id == person.id, listed(viewer))) is None:
        return None
    return entries(viewer, [person])[0]


def listed(viewer: Viewer) -> ColumnElement[bool]:
    """Whom the viewer finds. Those without a key, of whom nothing is left, nobody finds."""
    known = Person.name_key != ""
    if viewer.is_administrator:
        return known
    found: list[ColumnElement[bool]] = [_shows_something()]
    if takes_part(viewer):
        found = [Person.id.in_(_at_work(model)) for model in (Membership, Coordinator, Affiliation)]
        found += [_shows_something(), *(Person.id.in_(ids) for ids in looked_after(viewer))]
    if viewer.person_id is not None:
        found.append(Person.id == viewer.person_id)
    return and_(known, or_(*found))


def _at_work(model: type[Membership | Coordinator | Affiliation]) -> Select[int]:
    """The ids of those who sit in a group, coordinate one, or speak for an association."""
    if model is Membership:
        return select(Membership.person_id).where(Membership.state == State.ACTIVE)
    if model is Coordinator:
        return select(Coordinator.person_id).where(Coordinator.ended_at.is_(None))
    return select(Affiliation.person_id).where(Affiliation.function.in_(SPEAKING), in_force_today())


def _shows_something() -> ColumnElement[bool]:
    """Whoever shows something to everybody has chosen to be found by everybody."""
    return or_(
        and_(Person.email_audience == Audience.PUBLIC, Person.email.is_not(None)),
        and_(Person.phone_audience == Audience.PUBLIC, Person.phone.is_not(None)),
        and_(Person.biography_audience == Audience.PUBLIC, Person.biography.is_not(None)),
        and_(Person.photo_audience == Audience.PUBLIC, Person.id.in_(select(Photo.person_id))),
    )


def _text(viewer: Viewer, text: str | None) -> list[ColumnElement[bool]]:
    """Each word begins a word of the person's names, or of a keyword or its synonyms that the person chose.

    What people know is for those who take part.
    """
    names = search.matches(Person.name_key, text)
    if not takes_part(viewer):
        return names
    topics = search.matches(Keyword.name_key, text)
    knows = select(PersonKeyword.person_id).join(Keyword, Keyword.id == PersonKeyword.keyword_id)
    return [or_(name, Person.id.in_(knows.where(topic))) for name, topic in zip(names, topics, strict=True)]


def _conditions(viewer: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if takes_part(viewer) and (
        wanted.group_id is not None or wanted.community_id is not None or wanted.role is not None
    ):
        found.append(Person.id.in_(_in_place(viewer, wanted)))
    if not takes_part(viewer):
        return found
    if wanted.association_id is not None or wanted.country is not None:
        belongs = select(Affiliation.person_id).join(Affiliation.association).where(in_force_today())
        if wanted.association_id is not None:
            belongs = belongs.where(Association.id == wanted.association_id)
        if wanted.country is not None:
            belongs = belongs.where(Association.country == wanted.country)
        found.append(Person.id.in_(belongs))
    if wanted.keyword_id is not None:
        knows = select(PersonKeyword.person_id).where(PersonKeyword.keyword_id == wanted.keyword_id)
        found.append(Person.id.in_(knows))
    return found


def _in_place(viewer: Viewer, wanted: Wanted) -> Select[int] | CompoundSelect[int]:
    """The ids of those who have the role in the group or community: all three in one place."""
    if wanted.role == FOCAL_POINT:
        speaks = _at_work(Affiliation)
        if wanted.group_id is None and wanted.community_id is None:
            return speaks
        return speaks.where(Affiliation.person_id.in_(_in_place(viewer, replace(wanted, role=None))))
    coordinates = _there(viewer, select(Coordinator.person_id).join(Coordinator.group), wanted)
    coordinates = coordinates.where(Coordinator.ended_at.is_(None))
    if wanted.role == COORDINATOR:
        return coordinates
    sits = _there(viewer, select(Membership.person_id).join(Membership.group), wanted).where(
        Membership.state == State.ACTIVE
    )
    if wanted.role is not None:
        return sits.where(Membership.role == Role(wanted.role))
    return union(sits, coordinates)


def _there(viewer: Viewer, found: Select[int], wanted: Wanted) -> Select[int]:
    found = found.where(policy.sight(viewer, WorkingGroup.id))
    if wanted.group_id is not None:
        found = found.where(WorkingGroup.id == wanted.group_id)
    if wanted.community_id is not None:
        found = found.where(WorkingGroup.community_id == wanted.community_id)
    return found


def _seats(person_ids: Sequence[int]) -> dict[int, list[Membership]]:
    """{person id: where they sit today}, in the catalogue's order."""
    seats: dict[int, list[Membership]] = defaultdict(list)
    if person_ids:
        for seat in db.session.scalars(
            select(Membership)
            .join(Membership.group)
            .join(WorkingGroup.community)
            .where(Membership.person_id.in_(person_ids), Membership.state == State.ACTIVE)
            .options(
                contains_eager(Membership.group).contains_eager(WorkingGroup.community),
                joinedload(Membership.association),
            )
            .order_by(Community.position, Community.id, WorkingGroup.position, WorkingGroup.id)
        ):
            seats[seat.person_id].append(seat)
    return seats


def _coordinated(person_ids: Sequence[int]) -> dict[int, list[Coordinator]]:
    """{person id: what they coordinate today}, in the catalogue's order."""
    places: dict[int, list[Coordinator]] = defaultdict(list)
    if person_ids:
        for place in db.session.scalars(
            select(Coordinator)
            .join(Coordinator.group)
            .join(WorkingGroup.community)
            .where(Coordinator.person_id.in_(person_ids), Coordinator.ended_at.is_(None))
            .options(contains_eager(Coordinator.group).contains_eager(WorkingGroup.community))
            .order_by(Community.position, Community.id, WorkingGroup.position, WorkingGroup.id)
        ):
            places[place.person_id].append(place)
    return places
