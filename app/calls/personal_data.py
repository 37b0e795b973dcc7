"""What this feature keeps about people: who stands for a call, what was written about it, who moved the call."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select, update
from sqlalchemy.orm import joinedload

from app.calls.models import Call, Candidacy
from app.calls.rules import CallState, Standing
from app.calls.service import departing
from app.calls.words import CALL_STATES, STANDINGS, title
from app.core.db import db, writing
from app.core.personal import Basis, Claim, Fact, Processing, Section, Swept, entry, sweep
from app.core.settings import settings
from app.people.models import Person
from app.people.queries import association_name

CALL = Claim(
    "calls",
    personal={"moved_by_id": _l("last moved by")},
    other=(
        "id", "creation_key", "group_id", "state", "titles", "profiles", "texts", "seats", "deadline_local",
        "time_zone", "deadline_at", "one_per_association", "reserve_until", "created_at", "opened_at", "extended_at",
        "decided_at", "reason", "announced_to", "reminded_at", "choice_reminded_at", "escalated_at", "demo", "version",
    ),
)  # fmt: skip
CANDIDACY = Claim(
    "candidacies",
    personal={
        "call_id": _l("call"),
        "association_id": _l("association"),
        "state": _l("state"),
        "motivation": _l("motivation"),
        "recommendation": _l("recommendation of the association"),
        "endorsed": _l("endorsed by the association"),
        "nominated_by_id": _l("nominated by"),
        "preference": _l("place in the association’s order"),
        "reason": _l("reason"),
        "began_at": _l("applied or nominated"),
        "moved_at": _l("in this state since"),
    },
    other=("id", "person_id", "membership_id", "version"),
)
OVER = (CallState.DECIDED, CallState.CANCELLED)

PROCESSING: tuple[Processing, ...] = (
    Processing(
        key="calls",
        title=_l("Calls for experts"),
        people=_l("Those who apply or are nominated, and those who run calls"),
        purpose=_l("To choose experts for the seats of a group, and to answer everyone."),
        basis=Basis.INTEREST,
        recipients=_l("Those who choose, focal points of the person’s association, administrators."),
        kept=lambda: _l(
            "Who stood and what came of it, for as long as the group’s history is kept; what was written, "
            "%(days)d days after the call.", days=settings().motivation_kept_days,
        ),
        exported=_l("Your candidacies, and the calls that you moved."),
        erased=_l("Open candidacies end, and the association is told. Who was chosen stays with a number in place of "
                  "the name; what was written is deleted."),
        claims=(CALL, CANDIDACY),
    ),
)  # fmt: skip
IMPERSONAL: tuple[str, ...] = ("call_associations",)


def export(person: Person) -> list[Section]:
    """The person's candidacies, those they nominated, and the calls they moved."""
    own = db.session.scalars(
        select(Candidacy)
        .where(Candidacy.person_id == person.id)
        .options(joinedload(Candidacy.call), joinedload(Candidacy.association), joinedload(Candidacy.nominated_by))
        .order_by(Candidacy.id)
    )
    nominated = db.session.scalars(
        select(Candidacy)
        .where(Candidacy.nominated_by_id == person.id, Candidacy.person_id != person.id)
        .options(joinedload(Candidacy.call))
        .order_by(Candidacy.id)
    )
    moved = db.session.scalars(select(Call).where(Call.moved_by_id == person.id).order_by(Call.id))
    return [
        Section("candidacies", _l("Your candidacies"), [_candidacy(item) for item in own]),
        Section(
            "nominated",
            _l("Whom you nominated for calls, without their names"),
            [[Fact("call_id", CANDIDACY.personal["call_id"], item.call_id, title(item.call)),
              Fact("began_at", CANDIDACY.personal["began_at"], item.began_at)] for item in nominated],
        ),
        Section(
            "calls",
            _l("Calls you were the last to move"),
            [[Fact("call_id", CANDIDACY.personal["call_id"], item.id, title(item)),
              Fact("state", CANDIDACY.personal["state"], item.state, CALL_STATES[CallState(item.state)][0]),
              Fact("moved_by_id", CALL.personal["moved_by_id"], item.moved_by_id, person.display_name)]
             for item in moved],
        ),
    ]  # fmt: skip


def erase(person: Person) -> None:
    """End the candidacies that are open; delete what was written about them all."""
    session = writing()
    departing.withdraw_all(person.id)
    for candidacy in session.scalars(select(Candidacy).where(Candidacy.person_id == person.id)):
        candidacy.motivation = candidacy.recommendation = candidacy.reason = None
    session.flush()


def retain(now: datetime, *, dry_run: bool) -> list[Swept]:
    """What was written for calls that are over."""
    until = now - timedelta(days=settings().motivation_kept_days)
    ended = select(Call.id).where(Call.state.in_(OVER))
    due = (
        Candidacy.call_id.in_(ended)
        & (Candidacy.moved_at < until)
        & or_(Candidacy.motivation.is_not(None), Candidacy.recommendation.is_not(None), Candidacy.reason.is_not(None))
    )
    return [
        sweep(_("What was written for calls that are over"), "MOTIVATION_KEPT_DAYS", Candidacy, due,
              update(Candidacy).values(motivation=None, recommendation=None, reason=None), dry_run=dry_run)
    ]  # fmt: skip


def _candidacy(item: Candidacy) -> list[Fact]:
    return entry(
        CANDIDACY,
        item,
        call_id=title(item.call),
        association_id=association_name(item.association) if item.association else None,
        state=STANDINGS[Standing(item.state)][0],
        nominated_by_id=item.nominated_by.display_name if item.nominated_by else None,
    )
