"""The administration's first page: what needs attention, and how much there is of everything."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from app.core import dates
from app.core.outbox import FAILED, QUEUED
from app.core.policy import administrators, guard
from app.core.settings import settings
from app.membership import queries as membership
from app.membership import reviews
from app.membership.service.reminding import late_since
from app.pages.administration.queries import numbers
from app.pages.blueprint import bp
from app.people import queries as people
from app.terms import queries as terms


@dataclass(frozen=True)
class Figure:
    """A number with what it counts, which is what the link shows."""

    number: int
    label: str
    url: str


@bp.get("/admin")
@guard(administrators)
def administration() -> ResponseReturnValue:
    """Numbers that lead to what they count."""
    found = numbers()
    found["associations_without_expert"] = people.associations_without_expert()
    found["members"] = membership.active_count()
    found["associations_without_speaker"] = people.associations_without_speaker()
    found["waiting"] = membership.pending_count()
    found["waiting_long"] = membership.pending_count(late_since())
    found["lists_overdue"] = reviews.overdue_count(dates.today())
    found["terms_to_publish"] = terms.drafts_without_version()
    return render_template("pages/administration/overview.html", attention=attention(found), figures=figures(found))


def attention(found: dict[str, int]) -> list[Figure]:
    """What someone should look after; each is well at 0."""
    n = found["associations_without_expert"], found["groups_without_coordinator"], found["mails_failed"]
    long, days = found["waiting_long"], settings().escalation_days
    unheard = found["associations_without_speaker"]
    return [
        Figure(
            n[0],
            ngettext("association without an expert", "associations without an expert", n[0]),
            url_for("pages.admin_associations", only="without-expert"),
        ),
        Figure(
            unheard,
            ngettext("association without a focal point", "associations without a focal point", unheard),
            url_for("pages.admin_associations", only="without-focal-point"),
        ),
        Figure(
            n[1],
            ngettext("group without a coordinator", "groups without a coordinator", n[1]),
            url_for("pages.admin_groups", only="without-coordinator"),
        ),
        Figure(
            long,
            ngettext(
                "request waiting longer than %(days)s days",
                "requests waiting longer than %(days)s days",
                long,
                days=days,
            ),
            url_for("pages.desk", only="overdue"),
        ),
        Figure(
            found["terms_to_publish"],
            ngettext(
                "draft of terms to read and publish", "drafts of terms to read and publish", found["terms_to_publish"]
            ),
            url_for("pages.admin_terms"),
        ),
        Figure(
            found["lists_overdue"],
            ngettext(
                "list not confirmed in the yearly review",
                "lists not confirmed in the yearly review",
                found["lists_overdue"],
            ),
            url_for("membership.reviews"),
        ),
        Figure(
            n[2],
            ngettext("mail that could not be delivered", "mails that could not be delivered", n[2]),
            url_for("mail.outbox", state=FAILED),
        ),
    ]


def figures(found: dict[str, int]) -> list[Figure]:
    """How much there is."""

    def figure(name: str, label: str, url: str) -> Figure:
        return Figure(found[name], label, url)

    return [
        figure("people", ngettext("person", "people", found["people"]), url_for("pages.admin_people")),
        figure(
            "accounts",
            ngettext("account", "accounts", found["accounts"]),
            url_for("pages.admin_people", only="accounts"),
        ),
        figure(
            "administrators",
            ngettext("administrator", "administrators", found["administrators"]),
            url_for("pages.admin_people", only="administrators"),
        ),
        figure(
            "associations",
            ngettext("association", "associations", found["associations"]),
            url_for("pages.admin_associations"),
        ),
        figure("groups", ngettext("group", "groups", found["groups"]), url_for("pages.admin_groups")),
        figure(
            "members",
            ngettext("membership in a group", "memberships in groups", found["members"]),
            url_for("pages.admin_groups"),
        ),
        figure(
            "waiting",
            ngettext("request waiting for a decision", "requests waiting for a decision", found["waiting"]),
            url_for("pages.desk", only="waiting"),
        ),
        figure(
            "mails_queued",
            ngettext("mail on its way", "mails on their way", found["mails_queued"]),
            url_for("mail.outbox", state=QUEUED),
        ),
    ]
