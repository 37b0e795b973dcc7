"""Views of people, by topic. Importing this hangs them all on the blueprint.

`sign_up`, `sign_in` and `passwords` are for visitors; `profile`, `delegates` and `account` for everyone about
themselves; `persons`, `associations` and `expertise` for administrators.
"""

from app.people.views import (
    account,
    associations,
    delegates,
    expertise,
    passwords,
    persons,
    profile,
    sign_in,
    sign_up,
)
from app.people.views.blueprint import bp

__all__ = [
    "account",
    "associations",
    "bp",
    "delegates",
    "expertise",
    "passwords",
    "persons",
    "profile",
    "sign_in",
    "sign_up",
]
