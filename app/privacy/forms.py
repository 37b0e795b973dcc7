"""Forms about one's data."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import DataRequired

from app.core.forms import BaseForm
from app.people.forms.fields import password_field


class EraseMeForm(BaseForm):
    """Asking for one's erasure, with the password."""

    password = password_field(_l("Your password"), "current-password")


class ByLetterForm(BaseForm):
    """Asking in the place of someone who has written."""

    is_known = BooleanField(
        _l("The person has asked for it in writing, and I have made sure that it is this person"),
        validators=[DataRequired(_l("Make sure of it first: erasure cannot be taken back."))],
    )
