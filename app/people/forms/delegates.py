"""The form that names someone who acts for one."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from app.core.forms import line
from app.people import rules
from app.people.forms.fields import RulesForm, email_line


class DelegateForm(RulesForm):
    """Who it is: the address tells, the name is what one sees it by."""

    full_name = line(_l("Name of the person"), hint=_l("As you call them."))
    latin_name = line(
        _l("Name in Latin letters"), required=False, hint=_l("Only if the name is written in another script.")
    )
    email = email_line(
        _l("E-mail address"), autocomplete="off", hint=_l("The person signs in with it, or makes an account with it.")
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """The fields by themselves, then the names together."""
        good = super().validate(extra_validators)
        if self.full_name.data:
            good &= self._obeys(rules.check_names, self.full_name.data, self.latin_name.data)
        if self.email.data:
            good &= self._obeys(rules.normal_email, self.email.data)
        return bool(good)
