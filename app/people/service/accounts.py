"""Signing up, signing in, passwords and addresses.

Nothing here lets a visitor learn whether an address has an account: what differs is said by mail to its owner.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from app.core import audit, clock
from app.core.db import db, lock, lock_name, write, writing
from app.core.errors import DomainError
from app.people import limits, mails, passwords, queries, rules, tokens
from app.people.models import Account, Person, SignUp
from app.people.service.affiliations import affiliate


@dataclass(frozen=True)
class NewAccount:
    """What someone types to sign up; exactly one of association and organisation is given."""

    full_name: str
    latin_name: str | None
    email: str
    association_id: int | None
    organisation: str | None
    password: str
    language: str


class WrongCredentials(DomainError):
    """The address is unknown or the password is wrong; which of them is not said."""

    def __init__(self) -> None:
        super().__init__(_l("The e-mail address or the password is not right."))


def sign_up(wanted: NewAccount, address: str) -> None:
    """Note someone's wish for an account and send the link that confirms it. Raises DomainError."""
    email = rules.normal_email(wanted.email)
    if wanted.latin_name:
        rules.check_latin(wanted.latin_name)
    elif rules.needs_latin_name(wanted.full_name):
        raise DomainError(_l("Please give your name in Latin letters as well, for badges and lists."), "latin_name")
    rules.check_password(wanted.password, email, wanted.full_name)
    password_hash = passwords.hash_password(wanted.password)
    with write() as session:
        if not limits.may_mail(email, address):
            return
        account = queries.account_of(email)
        if account is not None:
            mails.already_registered(account, wanted.language)
            return
        pending = SignUp(
            email=email,
            full_name=wanted.full_name,
            latin_name=wanted.latin_name,
            association_id=wanted.association_id,
            organisation=wanted.organisation if wanted.association_id is None else None,
            password_hash=password_hash,
            language=wanted.language,
            created_at=clock.now(),
        )
        session.add(pending)
        session.flush()
        mails.confirm_sign_up(pending)


def read_sign_up(token: str) -> SignUp:
    """The sign-up that a link is about. Raises DomainError when it is over."""
    pending = db.session.get(SignUp, tokens.read(tokens.CONFIRM, token)["id"])
    if pending is None:
        raise DomainError(_l("This address is confirmed already. Sign in with it."))
    return pending


def confirm_sign_up(token: str, password: str, address: str) -> Account:
    """Make the account, once its owner has shown both the link and the password.

    Someone known by that address becomes that person. Asking for the password keeps out who signed up with a
    stranger's address and hopes that the stranger clicks.
    """
    pending = read_sign_up(token)
    attempt = limits.begin_sign_in(pending.email, address)
    if not passwords.verify(read_sign_up(token).password_hash, password):
        raise DomainError(_l("This is not the password you signed up with."), "password")
    with write() as session:
        limits.succeeded(attempt)
        pending = read_sign_up(token)
        lock_name(f"sign-up:{pending.email}")
        known = session.scalar(select(Person).where(Person.email == pending.email).with_for_update())
        if known is not None and known.account is not None:
            raise DomainError(_l("This address is confirmed already. Sign in with it."))
        if known is None:
            known = Person(full_name=pending.full_name, email=pending.email, created_at=clock.now())
            session.add(known)
        known.latin_name = known.latin_name or pending.latin_name
        known.language = known.language or pending.language
        account = Account(person=known, password_hash=pending.password_hash, created_at=clock.now())
        account.last_sign_in_at = clock.now()
        session.add(account)
        session.flush()
        if not queries.current_affiliations(known):
            affiliate(known, pending.association_id, pending.organisation)
        session.execute(delete(SignUp).where(SignUp.email == pending.email))
        audit.record("account.created", known, known.id)
    return account


def sign_in(email: str, password: str, address: str) -> Account:
    """The account, if the password fits. Raises WrongCredentials or TooManyAttempts."""
    try:
        email = rules.normal_email(email)
    except DomainError:
        raise WrongCredentials from None
    attempt = limits.begin_sign_in(email, address)
    account = queries.account_of(email)
    known_hash = account.password_hash if account else None
    db.session.rollback()  # hold no read transaction while the hash is computed
    if not passwords.verify(known_hash, password) or account is None:
        raise WrongCredentials
    fresh = passwords.hash_password(password) if passwords.outdated(known_hash or "") else None
    with write():
        locked = lock(Account, account.id)
        if locked is None or locked.password_hash != known_hash:
            raise WrongCredentials
        limits.succeeded(attempt)
        locked.last_sign_in_at = clock.now()
        if fresh:
            locked.password_hash = fresh
    return locked


def ask_for_reset(email: str, address: str) -> None:
    """Send a link for a new password, if there is such an account; the caller cannot tell. Raises DomainError."""
    email = rules.normal_email(email)
    with write():
        account = queries.account_of(email)
        if limits.may_mail(email, address) and account is not None:
            mails.reset_password(account)


def read_reset(token: str) -> Account:
    """The account that a reset link is about. Raises DomainError when the link was used."""
    data = tokens.read(tokens.RESET, token)
    account = db.session.get(Account, data["id"])
    if account is None or account.session_epoch != data["epoch"]:
        raise DomainError(_l("This link was used already. Ask for a new one."))
    return account


def reset_password(token: str, password: str) -> Account:
    """Set a new password by a link from a mail and end all sessions. Raises DomainError."""
    account = read_reset(token)
    rules.check_password(password, account.person.email, account.person.full_name)
    password_hash = passwords.hash_password(password)
    with write():
        locked = lock(Account, read_reset(token).id)
        assert locked
        read_reset(token)
        _set_password(locked, password_hash)
    return locked


def change_password(account_id: int, current: str, password: str, address: str) -> Account:
    """Set a new password and end all other sessions. Raises DomainError."""
    account = _proven(account_id, current, address)
    rules.check_password(password, account.person.email, account.person.full_name)
    password_hash = passwords.hash_password(password)
    with write():
        locked = lock(Account, account_id)
        assert locked
        _set_password(locked, password_hash)
    return locked


def end_all_sessions(account_id: int) -> Account:
    """Sign the account out everywhere."""
    with write():
        account = lock(Account, account_id)
        assert account
        account.session_epoch += 1
        audit.record("account.sessions_ended", account.person, account.person_id)
    return account


def ask_for_address(account_id: int, new_email: str, password: str, address: str) -> None:
    """Send a confirming link to a new address; the old one counts until it is opened. Raises DomainError."""
    new_email = rules.normal_email(new_email)
    account = _proven(account_id, password, address)
    if new_email == account.person.email:
        raise DomainError(_l("This is your address already."), "email")
    with write():
        account = db.session.get_one(Account, account_id)
        if not limits.may_mail(new_email, address):
            return
        if queries.account_of(new_email) is not None:
            mails.address_taken(account, new_email)
        else:
            mails.confirm_address(account, new_email)


def read_address_change(token: str) -> tuple[Account, str]:
    """(account, new address) of a confirming link. Raises DomainError when it no longer holds."""
    data = tokens.read(tokens.CHANGE, token)
    account = db.session.get(Account, data["id"])
    if account is None or (account.person.email, account.session_epoch) != (data["old"], data["epoch"]):
        raise DomainError(_l("This link no longer holds. Ask for a new one on your account page."))
    return account, str(data["new"])


def confirm_address(token: str) -> Account:
    """Let the new address count. Raises DomainError."""
    with write():
        account, new_email = read_address_change(token)
        lock_name(f"sign-up:{new_email}")
        lock(Person, account.person_id)
        account, new_email = read_address_change(token)
        if queries.person_of(new_email) is not None:
            raise DomainError(_l("This address belongs to someone we know already. Ask the secretariat to join both."))
        old = account.person.recipient
        account.person.email = new_email
        assert old
        mails.address_changed(old)
        audit.record("account.address_changed", account.person, account.person_id)
    return account


def forget_old_sign_ups() -> None:
    """Drop what nobody confirmed in time."""
    with write() as session:
        session.execute(delete(SignUp).where(SignUp.created_at < clock.now() - tokens.VALID[tokens.CONFIRM]))


def _proven(account_id: int, password: str, address: str) -> Account:
    """The account, once its owner has shown the password again; wrong tries count as at signing in."""
    account = db.session.get_one(Account, account_id)
    email, known_hash = account.person.email or "", account.password_hash
    attempt = limits.begin_sign_in(email, address)
    if not passwords.verify(known_hash, password):
        raise DomainError(_l("This is not your password."), "current")
    with write():
        limits.succeeded(attempt)
    return db.session.get_one(Account, account_id)


def _set_password(account: Account, password_hash: str) -> None:
    writing()
    account.password_hash = password_hash
    account.session_epoch += 1
    mails.password_changed(account)
    audit.record("account.password_changed", account.person, account.person_id)
