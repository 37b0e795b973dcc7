"""Calendars for readers: choosing one, how to subscribe in each program, and meetings on other people's pages."""

from app.pages.calendars import embed, views

__all__ = ["embed", "views"]
