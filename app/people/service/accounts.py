"""Signing up, signing in, passwords and addresses.

Nothing here lets a visitor learn whether an address has an account: what differs is said by mail to its owner.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, update

from app.core import audit, clock
from app.core.db import db, lock, write, writing
from app.core.errors import DomainError
from app.people import limits, mails, passwords, queries, rules, tokens
from app.people.models import Account, Person, SignUp
from app.people.service.affiliations import affiliate
from app.people.service.identity import hold_email


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
    """Note someone's wish for an account and send the link that confirms it. Raises DomainError.

    The same is done and written for known and unknown addresses, so that neither the answer nor its time tells them
    apart; the note of a known one leads nowhere, since no link to it is sent.
    """
    email = rules.normal_email(wanted.email)
    rules.check_names(wanted.full_name, wanted.latin_name)
    rules.check_password(wanted.password, email, wanted.full_name)
    may_mail = limits.begin_mail(email, address)
    password_hash = passwords.hash_password(wanted.password)
    if not may_mail:
        return
    with write() as session:
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
        account = queries.account_of(email)
        if account is None:
            mails.confirm_sign_up(pending)
        else:
            mails.already_registered(account, wanted.language)


def read_sign_up(token: str) -> SignUp:
    """The sign-up that a link is about. Raises DomainError when it is over."""
    pending = db.session.get(SignUp, tokens.read(tokens.CONFIRM, token)["id"], populate_existing=True)
    if pending is None:
        raise tokens.LinkIsOver(_l("This address is confirmed already. Sign in with it."))
    return pending


def confirm_sign_up(token: str, password: str, address: str) -> Account:
    """Make the account, once its owner has shown both the link and the password.

    Someone known by that address becomes that person. Asking for the password keeps out who signed up with a
    stranger's address and hopes that the stranger clicks.
    """
    pending = read_sign_up(token)
    email, known_hash = pending.email, pending.password_hash
    attempt = limits.begin_sign_in(email, address)
    if not passwords.verify(known_hash, password):
        raise DomainError(_l("This is not the password you signed up with."), "password")
    with write() as session:
        person = hold_email(email)
        pending = read_sign_up(token)
        if person is not None and person.account is not None:
            raise tokens.LinkIsOver(_l("This address is confirmed already. Sign in with it."))
        limits.succeeded(attempt)
        if person is None:
            person = Person(full_name=pending.full_name, email=email, created_at=clock.now())
            session.add(person)
        if rules.needs_latin_name(person.full_name):
            person.latin_name = person.latin_name or pending.latin_name
        person.language = person.language or pending.language
        account = Account(person=person, password_hash=known_hash, created_at=clock.now())
        account.last_sign_in_at = clock.now()
        session.add(account)
        session.flush()
        if not queries.current_affiliations(person):
            affiliate(person, pending.association_id, pending.organisation, actor_id=person.id)
        session.execute(delete(SignUp).where(SignUp.email == email))
        audit.record("account.created", person, person.id)
    return account


def sign_in(email: str, password: str, address: str) -> Account:
    """The account, if the password fits. Raises WrongCredentials or TooManyAttempts."""
    try:
        email = rules.normal_email(email)
    except DomainError:
        raise WrongCredentials from None
    attempt = limits.begin_sign_in(email, address)
    account = queries.account_of(email)
    account_id, known_hash = (account.id, account.password_hash) if account else (None, None)
    db.session.rollback()  # hold no read transaction while the hash is computed
    if not passwords.verify(known_hash, password) or known_hash is None:
        raise WrongCredentials
    fresh = passwords.hash_password(password) if passwords.outdated(known_hash) else None
    with write():
        locked = lock(Account, account_id)
        if locked is None or locked.password_hash != known_hash:
            raise WrongCredentials
        limits.succeeded(attempt)
        locked.last_sign_in_at = clock.now()
        if fresh:
            locked.password_hash = fresh
    return locked


def ask_for_reset(email: str, language: str, address: str) -> None:
    """Send a link for a new password; where there is no account, say that by mail. Raises DomainError."""
    email = rules.normal_email(email)
    if not limits.begin_mail(email, address):
        return
    with write():
        account = queries.account_of(email)
        if account is not None:
            mails.reset_password(account)
        else:
            mails.no_account(email, language)


def read_reset(token: str) -> Account:
    """The account that a reset link is about. Raises DomainError when the link was used or the address changed."""
    data = tokens.read(tokens.RESET, token)
    account = queries.account(data["id"])
    if (
        account is None
        or account.session_epoch != data["epoch"]
        or tokens.mark(account.person.email or "") != data["to"]
    ):
        raise tokens.LinkIsOver(_l("This link was used already. Ask for a new one."))
    return account


def reset_password(token: str, password: str) -> Account:
    """Set a new password by a link from a mail and end all sessions. Raises DomainError."""
    account = read_reset(token)
    account_id, email = account.id, account.person.email
    rules.check_password(password, email, account.person.full_name)
    password_hash = passwords.hash_password(password)
    with write():
        locked = lock(Account, account_id)
        assert locked
        read_reset(token)
        _set_password(locked, password_hash)
        limits.forgive(email or "")
        locked.last_sign_in_at = clock.now()
    return locked


def open_account(person_id: int, email: str, password: str) -> Account:
    """Make the account of someone we know who came by a link sent to their own address. Raises DomainError."""
    person = db.session.get_one(Person, person_id)
    rules.check_password(password, email, person.full_name)
    password_hash = passwords.hash_password(password)
    with write() as session:
        found = hold_email(email)
        if found is None or found.id != person_id or found.account is not None:
            raise tokens.LinkIsOver(_l("This address is confirmed already. Sign in with it."))
        account = Account(person=found, password_hash=password_hash, created_at=clock.now())
        account.last_sign_in_at = clock.now()
        session.add(account)
        session.flush()
        session.execute(delete(SignUp).where(SignUp.email == email))
        audit.record("account.created", found, found.id)
    return account


def change_password(account_id: int, current: str, password: str, address: str) -> Account:
    """Set a new password and end all other sessions. Raises DomainError."""
    proven = prove(account_id, current, address)
    account = db.session.get_one(Account, account_id)
    rules.check_password(password, account.person.email, account.person.full_name)
    password_hash = passwords.hash_password(password)
    with write():
        account = still_proven(account_id, proven)
        _set_password(account, password_hash)
    return account


def end_all_sessions(account_id: int) -> None:
    """Sign the account out everywhere."""
    with write():
        account = lock(Account, account_id)
        assert account
        account.session_epoch += 1
        audit.record("account.sessions_ended", account.person, account.person_id)


def end_every_session() -> None:
    """Sign everybody out and let no link from a mail work any more, within a transaction: a backup was restored.

    By more than accounts can have been changed since the backup, so that nothing given out since fits again.
    """
    writing().execute(update(Account).values(session_epoch=Account.session_epoch + 1000))


def ask_for_address(account_id: int, new_email: str, password: str, address: str) -> None:
    """Send a confirming link to a new address; the old one counts until then. Raises DomainError.

    That the address is another's is told to that address alone.
    """
    new_email = rules.normal_email(new_email)
    proven = prove(account_id, password, address)
    if not limits.begin_mail(new_email, address):
        raise limits.TooManyAttempts(limits.MAIL)
    with write():
        account = still_proven(account_id, proven)
        if new_email == account.person.email:
            raise DomainError(_l("This is your address already."), "email")
        account.pending_email = new_email
        audit.record("account.address_asked", account.person, account.person_id)
        if queries.account_of(new_email) is not None:
            mails.address_taken(account, new_email)
        else:
            mails.confirm_address(account, new_email)


def read_address_change(token: str) -> tuple[Account, str]:
    """(account, new address) of a confirming link. Raises DomainError when it no longer holds."""
    data = tokens.read(tokens.CHANGE, token)
    account = queries.account(data["id"])
    if (
        account is None
        or account.pending_email is None
        or account.session_epoch != data["epoch"]
        or tokens.mark(account.pending_email) != data["to"]
    ):
        raise tokens.LinkIsOver(_l("This link no longer holds. Ask for a new one on your account page."))
    return account, account.pending_email


def confirm_address(token: str, password: str, address: str) -> Account:
    """Let the new address count, once its owner has shown both the link and the password. Raises DomainError."""
    account, new_email = read_address_change(token)
    account_id, person_id = account.id, account.person_id
    proven = prove(account_id, password, address, field="password")
    with write():
        holder = hold_email(new_email)
        person = lock(Person, person_id)
        account = still_proven(account_id, proven)
        read_address_change(token)
        if holder is not None:
            raise DomainError(_l("This address belongs to someone we know already. Ask the secretariat to join both."))
        assert person and person.recipient
        mails.address_changed(person.recipient)
        person.email = new_email
        account.pending_email = None
        audit.record("account.address_changed", person, person.id)
    return account


def prove(account_id: int, password: str, address: str, field: str = "current") -> str:
    """Let the owner show the password again; wrong tries count as at signing in. Returns the hash that it fitted.

    Raises DomainError, TooManyAttempts. What follows begins with `still_proven`.
    """
    account = db.session.get_one(Account, account_id)
    email, known_hash = account.person.email or "", account.password_hash
    attempt = limits.begin_sign_in(email, address)
    if not passwords.verify(known_hash, password):
        raise DomainError(_l("This is not your password."), field)
    with write():
        limits.succeeded(attempt)
    return known_hash


def still_proven(account_id: int, proven: str) -> Account:
    """The account, locked, if the password that was shown is still the one in force; within a transaction."""
    account = lock(Account, account_id)
    if account is None or account.password_hash != proven:
        raise DomainError(_l("Your password was changed meanwhile. Sign in again."))
    return account


def _set_password(account: Account, password_hash: str) -> None:
    account.password_hash = password_hash
    account.session_epoch += 1
    account.pending_email = None
    mails.password_changed(account)
    audit.record("account.password_changed", account.person, account.person_id)
