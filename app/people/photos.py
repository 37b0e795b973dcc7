"""Photos: what people send us becomes a small square JPEG that we made ourselves. Pure: no database, no request."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import BinaryIO

from flask_babel import lazy_gettext as _l
from PIL import Image, ImageOps, UnidentifiedImageError

from app.core.errors import DomainError

FORMATS = ("JPEG", "PNG", "WEBP")
SIDE = 400
MOST_PIXELS = 25_000_000
"""More than any telephone takes; a small file can claim far more and would fill the memory."""


def square_jpeg(file: BinaryIO) -> bytes:
    """The middle of a picture, upright, without what cameras add to it (place, time, names). Raises DomainError.

    It is really opened: neither its name nor its type as told says anything.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is told before
            with Image.open(file, formats=FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise DomainError(_l("This picture is too large. Use one of at most 25 megapixels."), "photo")
                picture.draft("RGB", (2 * SIDE, 2 * SIDE))  # a JPEG is read no larger than needed
                picture.load()
                picture.thumbnail((4 * SIDE, 4 * SIDE))  # before anything makes a copy
                square = _square(picture)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise DomainError(_l("This is no picture that we can open. Use a JPEG, PNG or WebP file."), "photo") from None
    kept = BytesIO()
    square.save(kept, "JPEG", quality=85, optimize=True)
    return kept.getvalue()


def _square(picture: Image.Image) -> Image.Image:
    """Upright, on white where it is transparent, cut to its middle; a fresh image that nothing else hangs on."""
    upright = ImageOps.exif_transpose(picture) or picture
    cut = ImageOps.fit(upright.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    square = Image.new("RGB", (SIDE, SIDE), "white")
    square.paste(cut, mask=cut.getchannel("A"))
    return square
