"""What people are written about their accounts."""

from __future__ import annotations

from flask_babel import gettext as _

from app.core.links import absolute
from app.core.outbox import Mail, Recipient, queue, speaking
from app.core.settings import settings
from app.people import tokens
from app.people.models import Account, Person, SignUp


def confirm_sign_up(sign_up: SignUp) -> None:
    """To someone who signed up: show that the address is yours. Names nobody: the address may be a stranger's."""
    to = Recipient(sign_up.email, "", sign_up.language)
    link = absolute("people.confirm_sign_up", token=tokens.make(tokens.CONFIRM, id=sign_up.id))
    with speaking(to):
        queue(to, Mail(
            subject=_("Confirm your e-mail address"),
            paragraphs=(
                _("Someone, most likely you, signed up to %(name)s with this address.", name=settings().instance_name),
                _("To finish, open the link below within three days and type the password you chose."),
            ),
            action=(_("Confirm my address"), link),
            afterword=_("If it was not you, do nothing: without this step no account is made."),
        ))  # fmt: skip


def already_registered(account: Account, language: str) -> None:
    """To someone who signed up although they have an account: the page itself must not say so."""
    assert account.person.email
    to = Recipient(account.person.email, account.person.full_name, account.person.language or language)
    with speaking(to):
        queue(to, Mail(
            subject=_("You already have an account"),
            paragraphs=(
                _("Someone, most likely you, tried to sign up to %(name)s with this address. There is an account for "
                  "it already.", name=settings().instance_name),
                _("Sign in with it, or ask there for a new password."),
            ),
            action=(_("Sign in"), absolute("people.sign_in")),
            afterword=_("If it was not you, do nothing: nothing was changed."),
        ))  # fmt: skip


def reset_password(account: Account) -> None:
    """A link to choose a new password."""
    to = account.person.recipient
    assert to
    token = tokens.make(
        tokens.RESET, id=account.id, epoch=account.session_epoch, to=tokens.mark(account.person.email or "")
    )
    link = absolute("people.reset_password", token=token)
    with speaking(to):
        queue(to, Mail(
            subject=_("Choose a new password"),
            paragraphs=(
                _("Someone, most likely you, asked for a new password at %(name)s.", name=settings().instance_name),
                _("The link works once and for two hours."),
            ),
            action=(_("Choose a new password"), link),
            afterword=_("If it was not you, do nothing: your password stays as it is."),
        ))  # fmt: skip


def no_account(email: str, language: str) -> None:
    """To someone who asked for a new password without an account: the page itself must not say so."""
    to = Recipient(email, "", language)
    with speaking(to):
        queue(to, Mail(
            subject=_("No account with this address"),
            paragraphs=(
                _("Someone, most likely you, asked for a new password at %(name)s. There is no account with this "
                  "address.", name=settings().instance_name),
                _("Perhaps you signed up with another address. If not, sign up now."),
            ),
            action=(_("Sign up"), absolute("people.sign_up")),
            afterword=_("If it was not you, do nothing."),
        ))  # fmt: skip


def password_changed(account: Account) -> None:
    """A warning after the fact, in case it was someone else."""
    to = account.person.recipient
    assert to
    with speaking(to):
        queue(to, Mail(
            subject=_("Your password was changed"),
            paragraphs=(
                _("The password of your account at %(name)s was just changed, and you were signed out everywhere else.",
                  name=settings().instance_name),
            ),
            action=(_("Sign in"), absolute("people.sign_in")),
            afterword=_("If it was not you, ask for a new password at once and tell the secretariat: %(address)s.",
                        address=settings().support_address),
        ))  # fmt: skip


def confirm_address(account: Account, new_address: str) -> None:
    """To the new address: show that it is yours. Names nobody: the address may be a stranger's."""
    to = Recipient(new_address, "", account.person.language)
    token = tokens.make(tokens.CHANGE, id=account.id, epoch=account.session_epoch, to=tokens.mark(new_address))
    with speaking(to):
        queue(to, Mail(
            subject=_("Confirm your new e-mail address"),
            paragraphs=(
                _("Someone, most likely you, asked to use this address at %(name)s from now on.",
                  name=settings().instance_name),
                _("To finish, open the link below within a day and type your password. Until then the old address "
                  "counts."),
            ),
            action=(_("Use this address"), absolute("people.confirm_address", token=token)),
            afterword=_("If it was not you, do nothing: nothing was changed."),
        ))  # fmt: skip


def address_taken(account: Account, new_address: str) -> None:
    """To the new address, when it belongs to another account: only its owner may learn that."""
    to = Recipient(new_address, "", account.person.language)
    with speaking(to):
        queue(to, Mail(
            subject=_("This address already has an account"),
            paragraphs=(
                _("Someone asked to use this address for another account at %(name)s. It has an account already, so "
                  "nothing was changed.", name=settings().instance_name),
            ),
            afterword=_("If you have two accounts, ask the secretariat to join them: %(address)s.",
                        address=settings().support_address),
        ))  # fmt: skip


def address_changed(to: Recipient) -> None:
    """To the old address, once it no longer counts."""
    with speaking(to):
        queue(to, Mail(
            subject=_("Your e-mail address was changed"),
            paragraphs=(
                _("Your account at %(name)s now uses another address. No more mail will come to this one.",
                  name=settings().instance_name),
            ),
            afterword=_("If it was not you, tell the secretariat at once: %(address)s.",
                        address=settings().support_address),
        ))  # fmt: skip


def named_delegate(person: Person, delegate: Person) -> None:
    """To someone who may act for another from now on."""
    to = delegate.recipient
    if to is None:
        return
    with speaking(to):
        queue(to, Mail(
            subject=_("You can act for %(name)s", name=person.display_name),
            paragraphs=(
                _("%(name)s has named you to act in their place: you can answer for them when a group looks for a "
                  "date. Everyone sees that it was you.", name=person.display_name),
                _("Sign in with this address. If you have no account yet, sign up with it."),
            ),
            action=(_("Go to my page"), absolute("pages.me")),
            afterword=_("If you do not want this, end it on your profile, or do nothing."),
        ))  # fmt: skip


def delegation_ended(person: Person, called: str, to: Person) -> None:
    """To the other of the two: it is over."""
    recipient = to.recipient
    if recipient is None:
        return
    with speaking(recipient):
        queue(recipient, Mail(
            subject=_("%(delegate)s no longer acts for %(name)s", delegate=called,
                      name=person.display_name),
            paragraphs=(_("What was done until now stays as it is."),),
            action=(_("Go to my page"), absolute("pages.me")),
        ))  # fmt: skip
