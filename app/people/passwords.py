"""Passwords, hashed with Argon2id (RFC 9106, the second recommended option)."""

from __future__ import annotations

import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
_NOBODY = (
    f"$argon2id$v=19$m={_hasher.memory_cost},t={_hasher.time_cost},p={_hasher.parallelism}$"
    "bm9ib2R5IGF0IGFsbC4uLg$bm8gcGFzc3dvcmQgbGVhZHMgdG8gdGhpcyBkaWdlc3Q"
)
"""A hash that belongs to no account; ready at once, so that the first unknown address takes no longer either."""


def hash_password(password: str) -> str:
    """An Argon2id hash with its own salt and parameters."""
    return _hasher.hash(_as_typed_anywhere(password))


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; without a hash, false after the same work."""
    try:
        _hasher.verify(password_hash or _NOBODY, _as_typed_anywhere(password))
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _as_typed_anywhere(password: str) -> bytes:
    """The same bytes from every keyboard: some send "é" as one character, some as two (RFC 8265)."""
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
