"""What tests of setting up and restoring share."""

from tests.privacy.conftest import journal_file, set_settings

__all__ = ["journal_file", "set_settings"]
