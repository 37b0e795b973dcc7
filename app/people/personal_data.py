"""What this feature keeps about people, and what it does with it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.orm import joinedload

from app.core import audit, clock, dates
from app.core.audit import AuditEntry
from app.core.db import db, writing
from app.core.errors import Text
from app.core.i18n import language_names, translated
from app.core.personal import Basis, Claim, Fact, Processing, Section, Swept, entry, sweep
from app.core.settings import settings
from app.people import limits, tokens
from app.people.models import (
    PRIVATE,
    Account,
    Affiliation,
    Attempt,
    Delegate,
    DistinctPersons,
    MergedPerson,
    Person,
    Photo,
    SignUp,
)
from app.people.queries import association_name
from app.people.rules import Audience
from app.people.words import function_word

PERSON = Claim(
    "persons",
    personal={
        "full_name": _l("name"),
        "latin_name": _l("name in Latin letters"),
        "email": _l("e-mail address"),
        "job_title": _l("job title"),
        "language": _l("language"),
        "time_zone": _l("time zone"),
        "phone": _l("telephone"),
        "biography": _l("text about yourself"),
        "email_audience": _l("who sees the e-mail address"),
        "phone_audience": _l("who sees the telephone number"),
        "photo_audience": _l("who sees the photo"),
        "biography_audience": _l("who sees the text about yourself"),
        "created_at": _l("known since"),
    },
    other=("id", "search_text", "name_key", "demo", "version", "erased_at"),
)
PHOTO = Claim(
    "photos",
    personal={"image": _l("photo"), "taken_at": _l("when it was given to us")},
    other=("person_id", "digest"),
)
KEYWORD = Claim("person_keywords", personal={"keyword_id": _l("field of expertise")}, other=("person_id",))
MERGED = Claim(
    "merged_persons",
    personal={"former_id": _l("number of a former record"), "merged_at": _l("merged")},
    other=("person_id",),
)
DISTINCT = Claim(
    "distinct_persons",
    personal={"first_id": _l("one record"), "second_id": _l("the other"), "said_at": _l("told apart")},
)
ACCOUNT = Claim(
    "accounts",
    personal={
        "is_administrator": _l("administrator"),
        "pending_email": _l("e-mail address to be confirmed"),
        "created_at": _l("account made"),
        "last_sign_in_at": _l("last signed in"),
        "password_hash": _l("password, as a digest from which it cannot be read"),
    },
    other=("id", "person_id", "session_epoch"),
    withheld=("password_hash",),
)
AFFILIATION = Claim(
    "affiliations",
    personal={
        "association_id": _l("association"),
        "organisation": _l("organisation"),
        "function": _l("function"),
        "starts_on": _l("first day"),
        "ends_on": _l("last day"),
    },
    other=("id", "person_id"),
)
DELEGATE = Claim(
    "delegates",
    personal={
        "person_id": _l("for whom"),
        "delegate_id": _l("who acts"),
        "called": _l("name as it was written"),
        "named_at": _l("since"),
    },
    other=("id",),
)
SIGN_UP = Claim(
    "sign_ups",
    personal={
        "email": _l("e-mail address"),
        "full_name": _l("name"),
        "latin_name": _l("name in Latin letters"),
        "association_id": _l("association"),
        "organisation": _l("organisation"),
        "language": _l("language"),
        "created_at": _l("signed up"),
        "password_hash": _l("password, as a digest from which it cannot be read"),
    },
    other=("id",),
    withheld=("password_hash",),
)
ATTEMPT = Claim(
    "attempts",
    personal={
        "account_key": _l("digest of the e-mail address"),
        "address_key": _l("digest of the network address"),
        "kind": _l("what was tried"),
        "at": _l("when"),
    },
    other=("id",),
    withheld=("account_key", "address_key"),
)

EXPERTS = _l("Experts, coordinators, focal points and administrators")
ON_ERASURE = _l("Deleted. A number stands in place of the name where something has to stay.")


def _inactive() -> Text:
    months = settings().inactive_months
    if not months:
        return _l("Until you ask for erasure.")
    return _l("Until %(months)d months after the last sign of life, or until you ask for erasure.", months=months)


PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="people",
        title=_l("People of the groups"),
        people=EXPERTS,
        purpose=_l("To know who works in the groups, to write to them and to show colleagues who they are."),
        basis=Basis.INTEREST,
        recipients=_l("Members of the same groups, coordinators, focal points of the association, administrators. The "
                      "names of coordinators stand on public pages."),
        kept=_inactive,
        exported=_l("Everything."),
        erased=ON_ERASURE,
        claims=(PERSON,),
    ),
    Processing(
        key="profiles",
        title=_l("What people tell about themselves"),
        people=EXPERTS,
        purpose=_l("To let colleagues find someone who knows about a topic, and reach them."),
        basis=Basis.CONSENT,
        recipients=_l("Those whom the person chose, field by field; at first coordinators, focal points and "
                      "administrators alone. Fields of expertise: members of all groups."),
        kept=lambda: _l("Until you remove it, or until erasure."),
        exported=_l("Everything, the photo too."),
        erased=_l("Deleted."),
        claims=(PHOTO, KEYWORD),
    ),
    Processing(
        key="doubles",
        title=_l("Records that were merged, and namesakes told apart"),
        people=EXPERTS,
        purpose=_l("To keep one record of one person, and to lead from old numbers to it."),
        basis=Basis.INTEREST,
        recipients=_l("Administrators."),
        kept=lambda: _l("For as long as the record."),
        exported=_l("The numbers."),
        erased=_l("Numbers of former records stay and lead to no name any more; the rest is deleted."),
        claims=(MERGED, DISTINCT),
    ),
    Processing(
        key="affiliations",
        title=_l("Where people belong"),
        people=EXPERTS,
        purpose=_l("To know for which association someone sits or speaks."),
        basis=Basis.INTEREST,
        recipients=_l("Members of the same groups, coordinators, focal points of the association, administrators."),
        kept=_inactive,
        exported=_l("Everything."),
        erased=_l("The association and the dates stay, without the name, for the figures of the association; the "
                  "function and other organisations are deleted."),
        claims=(AFFILIATION,),
    ),
    Processing(
        key="delegates",
        title=_l("Who acts for whom"),
        people=_l("Those who let someone act for them, and those who act"),
        purpose=_l("To let an assistant answer for a person, and to say so where they did."),
        basis=Basis.INTEREST,
        recipients=_l("The two of them; that someone answered for another, those who see the answer."),
        kept=lambda: _l("Until either of the two ends it."),
        exported=_l("Everything."),
        erased=_l("Deleted."),
        claims=(DELEGATE,),
    ),
    Processing(
        key="accounts",
        title=_l("Accounts and signing in"),
        people=_l("Everyone who signs up"),
        purpose=_l("To let people sign in, and to keep others from signing in in their place."),
        basis=Basis.CONTRACT,
        recipients=_l("Administrators see that there is an account and when it was last used."),
        kept=lambda: _l(
            "The account until erasure. A sign-up that nobody confirms, %(days)d days. Attempts to sign in that "
            "failed, in hours: %(hours)d.",
            days=tokens.valid(tokens.CONFIRM).days, hours=int(limits.kept().total_seconds() // 3600),
        ),
        exported=_l("Everything but the password, which nobody can read, and the digests of attempts."),
        erased=_l("Deleted; all sessions and all links in mails end with it."),
        claims=(ACCOUNT, SIGN_UP, ATTEMPT),
    ),
)  # fmt: skip
IMPERSONAL: tuple[str, ...] = ("associations", "keywords")


def export(person: Person) -> list[Section]:
    """Name, account, affiliations, and a sign-up that was not confirmed."""
    account = db.session.scalar(select(Account).where(Account.person_id == person.id))
    affiliations = db.session.scalars(
        select(Affiliation)
        .where(Affiliation.person_id == person.id)
        .options(joinedload(Affiliation.association))
        .order_by(Affiliation.starts_on, Affiliation.id)
    )
    sign_ups = db.session.scalars(select(SignUp).where(SignUp.email == person.email).order_by(SignUp.id))
    languages = dict(language_names())
    return [
        Section("person", _l("About you"), [entry(PERSON, person, language=languages.get(person.language or ""))]),
        Section("photo", _l("Your photo"), [entry(PHOTO, person.photo)] if person.photo else []),
        Section(
            "expertise",
            _l("Your expertise"),
            [
                [Fact("keyword_id", KEYWORD.personal["keyword_id"], item.slug, translated(item.names))]
                for item in person.keywords
            ],
        ),
        Section("merged", _l("Former records"), [entry(MERGED, item) for item in _former(person)]),
        Section("distinct", _l("Namesakes told apart"), [entry(DISTINCT, item) for item in _distinct(person)]),
        Section("account", _l("Your account"), [entry(ACCOUNT, account)] if account else []),
        Section(
            "affiliations",
            _l("Where you belong"),
            [
                entry(
                    AFFILIATION,
                    item,
                    association_id=association_name(item.association) if item.association else None,
                    function=function_word(item.function),
                )
                for item in affiliations
            ],
        ),
        Section(
            "delegates",
            _l("Who acts for you, and for whom you act"),
            [_delegation(item) for item in _delegations(person)],
        ),
        Section(
            "sign_ups",
            _l("Unconfirmed sign-ups"),
            [entry(SIGN_UP, item, language=languages.get(item.language)) for item in sign_ups],
        ),
        Section("attempts", _l("Recent attempts to sign in"), [entry(ATTEMPT, item) for item in _attempts(person)]),
    ]


def erase(person: Person) -> None:
    """Leave a number in place of the person."""
    session = writing()
    if person.email:
        session.execute(delete(SignUp).where(SignUp.email == person.email))
        limits.forget(person.email)
    session.execute(delete(Account).where(Account.person_id == person.id))
    today = dates.today()
    for item in session.scalars(select(Affiliation).where(Affiliation.person_id == person.id).with_for_update()):
        item.function = "expert"
        if item.organisation is not None:
            item.organisation = "–"
        if item.ends_on is None or item.ends_on > today:
            item.ends_on = max(today, item.starts_on)
    _erase_profile(person)
    person.stored_name = f"Erased person {person.id}"
    person.latin_name = person.email = person.job_title = person.language = person.time_zone = None
    person.erased_at = person.erased_at or clock.now()
    session.flush()
    session.expire(person, ["account", "affiliations", "photo", "keywords"])


def _erase_profile(person: Person) -> None:
    """Photo, expertise, texts; and what the audit trail says of records that were merged into this one."""
    session = writing()
    former = [item.former_id for item in _former(person)]
    audit.forget_texts(or_(AuditEntry.person_id.in_(former), AuditEntry.actor_id.in_(former)))
    session.execute(delete(Photo).where(Photo.person_id == person.id))
    session.execute(delete(DistinctPersons).where(_either(person)))
    session.execute(delete(Delegate).where(_acting(person)))
    person.keywords = []
    person.phone = person.biography = None
    for name in PRIVATE:
        setattr(person, f"{name}_audience", Audience.COORDINATORS)


def _former(person: Person) -> list[MergedPerson]:
    return list(db.session.scalars(select(MergedPerson).where(MergedPerson.person_id == person.id)))


def _distinct(person: Person) -> list[DistinctPersons]:
    return list(db.session.scalars(select(DistinctPersons).where(_either(person))))


def _delegations(person: Person) -> list[Delegate]:
    return list(db.session.scalars(select(Delegate).where(_acting(person)).order_by(Delegate.id)))


def _delegation(item: Delegate) -> list[Fact]:
    return entry(DELEGATE, item, person_id=item.person.display_name, delegate_id=item.called)


def _acting(person: Person) -> ColumnElement[bool]:
    return or_(Delegate.person_id == person.id, Delegate.delegate_id == person.id)


def _either(person: Person) -> ColumnElement[bool]:
    return or_(DistinctPersons.first_id == person.id, DistinctPersons.second_id == person.id)


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """Unconfirmed sign-ups and attempts to sign in."""
    return [
        sweep(_("Sign-ups that nobody confirmed"), "", SignUp,
              SignUp.created_at < now - tokens.valid(tokens.CONFIRM), delete(SignUp), dry_run=dry_run),
        sweep(_("Attempts to sign in, mails asked for"), "ATTEMPTS_KEPT_HOURS", Attempt,
              Attempt.at < now - limits.kept(), delete(Attempt), dry_run=dry_run),
    ]  # fmt: skip


def _attempts(person: Person) -> list[Attempt]:
    if not person.email:
        return []
    found = select(Attempt).where(Attempt.account_key == limits.account_key(person.email)).order_by(Attempt.id)
    return list(db.session.scalars(found))
