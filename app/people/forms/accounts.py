"""Forms about one's own account: signing up and in, passwords, the address."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.forms import BaseForm, line
from app.people import rules
from app.people.forms.fields import (
    BodyMixin,
    RulesForm,
    association_field,
    email_line,
    new_password,
    once_more,
    organisation_line,
    password_field,
)


class SignUpForm(BodyMixin, RulesForm):
    """Wanting an account."""

    full_name = line(
        _l("Full name"), hint=_l("As you write it, in your own script."), render_kw={"autocomplete": "name"}
    )
    latin_name = line(
        _l("Name in Latin letters"), required=False, hint=_l("Only if your name is written in another script.")
    )
    email = email_line(_l("E-mail address"), hint=_l("You sign in with it. We send a link to it to confirm it."))
    association = association_field()
    organisation = organisation_line()
    password = new_password(_l("Password"))
    password_again = once_more()

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields by themselves, then together."""
        good = super().validate(extra_validators)
        name, email = self.full_name.data or "", self.email.data or ""
        if name:
            good &= self._obeys(rules.check_names, name, self.latin_name.data)
        if email:
            good &= self._obeys(rules.normal_email, email)
        if self.password.data:
            good &= self._obeys(rules.check_password, self.password.data, email, name)
        return bool(good & self.body_is_complete(needed=True))


class SignInForm(BaseForm):
    """Signing in."""

    email = email_line(_l("E-mail address"), autocomplete="username")
    password = password_field(_l("Password"), "current-password")


class PasswordForm(BaseForm):
    """Showing once more that one knows the password."""

    password = password_field(_l("Password"), "current-password")


class ForgottenPasswordForm(RulesForm):
    """Asking for a new password."""

    email = email_line(_l("E-mail address"), hint=_l("The one you sign in with."), autocomplete="username")

    def validate(self, extra_validators: Any = None) -> bool:
        """It looks like an address."""
        return bool(super().validate(extra_validators)) and self._obeys(rules.normal_email, self.email.data)


class NewPasswordForm(BaseForm):
    """Choosing a new password by a link from a mail."""

    password = new_password(_l("New password"))
    password_again = once_more()


class ChangePasswordForm(BaseForm):
    """Choosing a new password while signed in."""

    current = password_field(_l("Present password"), "current-password")
    password = new_password(_l("New password"))
    password_again = once_more()


class ChangeAddressForm(RulesForm):
    """Asking for another address to count."""

    email = email_line(_l("New e-mail address"))
    current = password_field(_l("Your password"), "current-password")

    def validate(self, extra_validators: Any = None) -> bool:
        """It looks like an address."""
        return bool(super().validate(extra_validators)) and self._obeys(rules.normal_email, self.email.data)
