"""What tests of calls share."""

from tests.membership.conftest import mails

__all__ = ["mails"]
