"""Words for what people can answer and for the roles that statistics tell apart."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.core.errors import Text
from app.representation.rules import Answer, Part

ANSWERS: dict[Answer, Text] = {
    Answer.WOMAN: _l("Woman"),
    Answer.MAN: _l("Man"),
    Answer.ANOTHER: _l("Another gender"),
    Answer.UNSAID: _l("I would rather not say"),
}
PARTS: dict[Part, Text] = {
    Part.LEADING: _l("Chairs and vice-chairs"),
    Part.MEMBER: _l("Members"),
    Part.ALTERNATE: _l("Alternates"),
    Part.OBSERVER: _l("Observers"),
}
