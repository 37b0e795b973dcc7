"""The form in which one says what one's gender is."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectChoice
from wtforms.validators import InputRequired

from app.core.forms import NEEDED, BaseForm
from app.representation.rules import Answer
from app.representation.words import ANSWERS


class DeclarationForm(BaseForm):
    """One answer."""

    answer = RadioField(
        _l("Your gender"),
        choices=[SelectChoice(answer.value, ANSWERS[answer]) for answer in Answer],
        validators=[InputRequired(NEEDED)],
    )
