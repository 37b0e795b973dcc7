"""What the second of two people who edit the same thing is shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateField, FormField, SelectChoice, SelectField, TimeField

from app.core.conflicts import EditConflict, EditForm, check_version
from app.core.forms import line, paragraph, translations_form

SAVED = {
    "title": "Old title",
    "text": "One\ntwo",
    "colour": "red",
    "on": date(2027, 3, 12),
    "at": time(10, 0),
    "open": True,
    "note": None,
    "names": {"en": "Name", "fr": "Nom"},
}


@pytest.fixture
def _requests(app: Flask) -> Iterator[None]:
    app.config["WTF_CSRF_ENABLED"] = False
    yield
    app.config["WTF_CSRF_ENABLED"] = True


def form_class() -> type[EditForm]:
    class ThingForm(EditForm):
        title = line("Title")
        text = paragraph("Text")
        colour = SelectField("Colour", choices=[SelectChoice("red", "Red"), SelectChoice("blue", "Sky blue")])
        on = DateField("On")
        at = TimeField("At")
        open = BooleanField("Open")
        note = line("Note", required=False)
        names = FormField(translations_form())

    return ThingForm


def sent(app: Flask, **typed: str | None) -> EditForm:
    """The form as it comes back: opened on SAVED at version 3, with what was typed."""
    with app.test_request_context("/"):
        first = form_class()(data=SAVED)
        first.begin(3)
        fields = {
            "version": first.version.data, "opened": first.opened.data, "title": "Old title", "text": "One\r\ntwo",
            "colour": "red", "on": "2027-03-12", "at": "10:00", "open": "y", "note": "",
            "names-en": "Name", "names-fr": "Nom", **typed,
        }  # fmt: skip
    with app.test_request_context("/", method="POST"):
        form = form_class()(MultiDict({name: value for name, value in fields.items() if value is not None}))
        form.begin(99)
        return form


def face(app: Flask, form: EditForm, **saved: object) -> dict[str, str]:
    with app.test_request_context("/", method="POST"):
        form.face(EditConflict(4, {**SAVED, **saved}))
    return form.theirs


def test_the_version_is_that_of_the_opening(app: Flask, _requests: None) -> None:
    assert sent(app).seen == 3
    assert sent(app, version="nonsense").seen == 0
    assert sent(app, version=None).seen == 0


def test_only_an_unseen_version_is_a_conflict(app: Flask) -> None:
    check_version(3, 3, SAVED)
    with pytest.raises(EditConflict) as conflict:
        check_version(4, 3, SAVED)
    assert (conflict.value.version, conflict.value.saved) == (4, SAVED)


def test_what_neither_changed_is_no_matter(app: Flask, _requests: None) -> None:
    form = sent(app)
    assert face(app, form) == {}
    assert form.seen == 4 and form.form_errors


def test_what_only_i_changed_is_kept_without_a_word(app: Flask, _requests: None) -> None:
    form = sent(app, title="Mine", open=None)
    assert face(app, form) == {}
    assert (form.title.data, form.open.data) == ("Mine", False)


def test_what_both_changed_is_shown_and_mine_is_kept(app: Flask, _requests: None) -> None:
    form = sent(app, title="Mine", **{"names-fr": "À moi"})
    theirs = face(app, form, title="Theirs", names={"en": "Name", "fr": "À eux"})
    assert theirs == {"title": "Theirs", "names-fr": "À eux"}
    assert (form.title.data, form.names.data["fr"]) == ("Mine", "À moi")


def test_what_only_others_changed_is_taken_over_and_shown(app: Flask, _requests: None) -> None:
    form = sent(app, title="Mine")
    theirs = face(app, form, colour="blue", on=date(2027, 3, 13), at=time(9, 30), note="New", text="", open=False)
    assert theirs == {
        "colour": "Sky blue", "on": "Sat 13 March 2027", "at": "09:30", "note": "New", "text": "", "open": "no",
    }  # fmt: skip
    assert (form.title.data, form.colour.data, form.on.data, form.at.data) == (
        "Mine", "blue", date(2027, 3, 13), time(9, 30),
    )  # fmt: skip
    with app.test_request_context("/"):
        assert 'value="2027-03-13"' in form.on() and "checked" not in form.open()


def test_what_both_changed_alike_is_no_matter(app: Flask, _requests: None) -> None:
    assert face(app, sent(app, title="Same"), title="Same") == {}


def test_without_a_memory_of_the_opening_all_that_differs_is_shown(app: Flask, _requests: None) -> None:
    for opened in ("", "nonsense", "[1]", "[" * 100_000, None):
        form = sent(app, title="Mine", opened=opened)
        assert face(app, form, note="New") == {"title": "Old title", "note": "New"}
        assert (form.title.data, form.note.data) == ("Mine", None)


def test_after_facing_it_the_next_conflict_counts_from_there(app: Flask, _requests: None) -> None:
    form = sent(app, title="Mine")
    face(app, form, title="Theirs")
    again = sent(app, title="Mine", version=form.version.data, opened=form.opened.data)
    assert again.seen == 4
    assert face(app, again, title="Theirs") == {}, "they changed nothing since"
