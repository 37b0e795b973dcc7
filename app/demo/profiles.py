"""Invented profiles: expertise, telephone numbers nobody has, a few words, drawn faces."""

from __future__ import annotations

import hashlib
import random
from io import BytesIO

from PIL import Image, ImageDraw
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.demo.people import Cast
from app.demo.plan import Plan
from app.people.models import Keyword, Photo
from app.people.photos import square_jpeg
from app.people.rules import Audience

FACES = 40
"""How many get a picture, however many people there are."""
GROUNDS = ("#1b6e45", "#8f4a00", "#1a56a8", "#8a2a6b", "#4a5568", "#2f6f73")
SKINS = ("#f1c9a5", "#d9a066", "#a86f42", "#7c4a2d", "#e8b58a")
BIOGRAPHIES = {
    "en": "Works on these files for the association since some years.\n\n"
    "- writes opinions\n- speaks at the meetings\n\n*Invented, as everything here.*",
    "fr": "Suit ces dossiers pour l’association depuis quelques années.\n\n"
    "- rédige des avis\n- intervient en réunion\n\n*Inventé, comme tout ici.*",
}


def invent_profiles(session: Session, plan: Plan, cast: Cast) -> None:
    """Let people say something about themselves, the demo's own first."""
    dice = plan.dice("profiles")
    keywords = session.scalars(select(Keyword).order_by(Keyword.id)).all()
    own = [cast.expert, cast.focal_point, cast.coordinator, cast.administrator]
    others = [person for person, _association in cast.experts if person is not cast.expert]
    for number, person in enumerate([*own, *others]):
        if keywords and (person in own or dice.random() < 0.7):
            person.keywords = dice.sample(keywords, min(len(keywords), dice.randrange(1, 5)))
        if dice.random() < 0.5:
            person.phone = f"+32 2 555 {dice.randrange(10_000, 100_000)}"
            person.phone_audience = dice.choice((Audience.COORDINATORS, Audience.MEMBERS))
        if person in own or dice.random() < 0.3:
            person.biography = BIOGRAPHIES.get(person.language or "en")
            person.biography_audience = dice.choice((Audience.MEMBERS, Audience.MEMBERS, Audience.PUBLIC))
        if dice.random() < 0.6:
            person.email_audience = Audience.MEMBERS
        if number < FACES:
            person.photo = _face(dice, plan)
            person.photo_audience = dice.choice((Audience.MEMBERS, Audience.PUBLIC))
    session.flush()


def _face(dice: random.Random, plan: Plan) -> Photo:
    """A head and shoulders that are plainly drawn."""
    picture = Image.new("RGB", (400, 400), dice.choice(GROUNDS))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((70, 270, 330, 530), fill=dice.choice(("#e8ecf2", "#cbd3df", "#18212f")))
    draw.ellipse((115, 60, 285, 260), fill=dice.choice(("#2b1d12", "#6b4423", "#b08d57", "#8d8d8d")))
    draw.ellipse((130, 90, 270, 290), fill=dice.choice(SKINS))
    file = BytesIO()
    picture.save(file, "PNG")
    file.seek(0)
    image = square_jpeg(file)
    return Photo(image=image, digest=hashlib.sha256(image).hexdigest(), taken_at=plan.ago(100))
