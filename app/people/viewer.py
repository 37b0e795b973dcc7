"""Who looks at a page, as policies and templates see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import session
from flask_login import AnonymousUserMixin, UserMixin, login_user, logout_user
from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from app.core.db import db
from app.people.models import Account, Person

T = TypeVar("T")


class _Remembers:
    """Answers that policies ask for again and again within a request."""

    _answers: dict[str, Any]

    def remember(self, question: str, answer: Callable[[], T]) -> T:
        """The answer, asked for once a request."""
        known = self.__dict__.setdefault("_answers", {})
        if question not in known:
            known[question] = answer()
        found: T = known[question]
        return found


class Visitor(_Remembers, AnonymousUserMixin):  # type: ignore[misc]
    """Someone who is not signed in."""

    is_signed_in = False
    is_administrator = False
    person_id: int | None = None
    name = ""
    language: str | None = None
    time_zone: str | None = None


class SignedIn(_Remembers, UserMixin):  # type: ignore[misc]
    """A person with an account, signed in. Holds plain values, so it survives the end of a transaction."""

    is_signed_in = True

    def __init__(self, account: Account) -> None:
        person = account.person
        self.account_id = account.id
        self.epoch = account.session_epoch
        self.is_administrator = account.is_administrator
        self.person_id: int | None = person.id
        self.name = person.full_name
        self.language = person.language
        self.time_zone = person.time_zone

    def get_id(self) -> str:
        """What the session holds: the account and its epoch, so that a raised epoch ends it."""
        return f"{self.account_id}:{self.epoch}"


class Absent(SignedIn):
    """A person whose programs ask for them: may what any member may, and never what administrators may."""

    def __init__(self, person: Person) -> None:
        self.account_id = self.epoch = 0
        self.is_administrator = False
        self.person_id: int | None = person.id
        self.name = person.full_name
        self.language = person.language
        self.time_zone = person.time_zone


Viewer = Visitor | SignedIn


def load(session_id: str) -> SignedIn | None:
    """The viewer of a session, if it is still in force."""
    account_id, _, epoch = session_id.partition(":")
    if not (account_id.isdecimal() and epoch.isdecimal()):
        return None
    account = db.session.scalar(
        select(Account)
        .join(Account.person)
        .options(contains_eager(Account.person))
        .where(Account.id == int(account_id), Account.session_epoch == int(epoch))
    )
    return SignedIn(account) if account else None


def start_session(account: Account) -> None:
    """Sign the account in on this browser, in a fresh session."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(account))


def end_session() -> None:
    """Sign out on this browser."""
    logout_user()
    session.clear()


def init_app(login: Any) -> None:
    """Tell Flask-Login who is who."""
    login.user_loader(load)
    login.anonymous_user = Visitor
    login.session_protection = None
