"""Pictures that people send."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from app.core.db import db
from app.core.errors import DomainError
from app.people import photos
from app.people.models import Person, Photo
from app.people.rules import Audience
from tests.browsing import Visit
from tests.factories.people import make_account


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 600), mode: str = "RGB", **more: object) -> BytesIO:
    file = BytesIO()
    Image.new(mode, size, "red").save(file, kind, **more)
    file.seek(0)
    return file


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "I;16"), ("WEBP", "RGB")],
)
def test_becomes_a_small_square_jpeg(kind: str, mode: str) -> None:
    made = photos.square_jpeg(picture(kind, mode=mode) if mode != "I;16" else sixteen_bits())
    with Image.open(BytesIO(made)) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (photos.SIDE, photos.SIDE), "RGB")
    assert len(made) < 100_000


def sixteen_bits() -> BytesIO:
    file = BytesIO()
    Image.new("I;16", (50, 50), 40_000).save(file, "PNG")
    file.seek(0)
    return file


def test_keeps_nothing_that_a_camera_added() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif[0x8825] = {1: "N"}
    with Image.open(BytesIO(photos.square_jpeg(picture(exif=exif, comment=b"at home")))) as image:
        assert not image.getexif()
        assert "comment" not in image.info
        assert b"at home" not in photos.square_jpeg(picture(exif=exif))


def test_stands_upright() -> None:
    sideways = Image.new("RGB", (200, 100), "blue")
    sideways.paste("red", (0, 0, 100, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # the right side is the top
    file = BytesIO()
    sideways.save(file, "JPEG", exif=exif, quality=95)
    with Image.open(BytesIO(photos.square_jpeg(BytesIO(file.getvalue())))) as image:
        top, bottom = image.getpixel((200, 20)), image.getpixel((200, 380))
    assert top[0] > 200 > bottom[0]  # type: ignore[index]


@pytest.mark.parametrize(
    "content",
    [b"", b"GIF89a", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"\xff\xd8\xff\xe0 no more", b"\x89PNG\r\n\x1a\n"],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(DomainError):
        photos.square_jpeg(BytesIO(content))


def test_a_picture_of_another_kind_is_refused() -> None:
    with pytest.raises(DomainError):
        photos.square_jpeg(picture("GIF"))


def test_a_picture_that_breaks_off_is_refused() -> None:
    whole = picture().getvalue()
    with pytest.raises(DomainError):
        photos.square_jpeg(BytesIO(whole[: len(whole) // 2]))


def test_a_small_file_that_claims_to_be_huge_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "MOST_PIXELS", 10_000)
    with pytest.raises(DomainError, match="photo"):
        photos.square_jpeg(picture(size=(101, 100)))


def test_giving_and_removing_a_photo(app: Flask, visit: Visit) -> None:
    person = make_account("Petra Photo")
    browser = visit(person)
    browser.open("/me/photo").send(having="photo", photo=(picture("PNG"), "me.png"))
    assert browser.path == "/me/profile"
    assert "Your photo is saved." in browser.text
    db.session.expire_all()
    photo = db.session.get_one(Photo, person.id)
    assert f"/people/{person.id}/photo?v={photo.digest[:12]}" in browser.text
    answer = browser.client.get(f"/people/{person.id}/photo")
    assert answer.data == photo.image
    assert answer.content_type == "image/jpeg"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = browser.client.get(f"/people/{person.id}/photo", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    browser.open("/me/photo").send("/me/photo/remove")
    assert "Your photo is removed." in browser.text
    assert browser.client.get(f"/people/{person.id}/photo").status_code == 404


def test_what_was_sent_instead_of_a_picture(app: Flask, visit: Visit) -> None:
    browser = visit(make_account("Petra Photo"))
    browser.open("/me/photo").send(having="photo", photo=(BytesIO(b"no picture"), "me.jpg"))
    assert browser.status == 422
    assert "no picture that we can open" in browser.text
    browser.open("/me/photo").send(having="photo", photo="a text")
    assert browser.status == 422
    assert "Choose a picture." in browser.text


def test_a_photo_that_is_hidden_again_is_not_given_from_a_cache(app: Flask, visit: Visit) -> None:
    person = make_account("Petra Photo")
    visit(person).open("/me/photo").send(having="photo", photo=(picture(), "me.jpg"))
    person = db.session.get_one(Person, person.id)
    person.photo_audience = Audience.PUBLIC
    db.session.commit()
    visitor = app.test_client()
    seen = visitor.get(f"/people/{person.id}/photo")
    assert seen.status_code == 200
    person = db.session.get_one(Person, person.id)
    person.photo_audience = Audience.MEMBERS
    db.session.commit()
    answer = visitor.get(f"/people/{person.id}/photo", headers={"If-None-Match": seen.headers["ETag"]})
    assert answer.status_code == 404
