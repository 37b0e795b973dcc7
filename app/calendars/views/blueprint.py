"""The blueprint of calendars, and the addresses that the door answers."""

from __future__ import annotations

from flask import Blueprint

from app.calendars.subscribing import series_subscription, subscription
from app.calendars.words import feed_name

bp = Blueprint("calendars", __name__)
bp.add_url_rule("/calendar.ics", "all_calendar", build_only=True)
bp.add_url_rule("/communities/<slug>/calendar.ics", "community_calendar", build_only=True)
bp.add_url_rule("/groups/<slug>/calendar.ics", "group_calendar", build_only=True)
bp.add_url_rule("/series/<reference>/calendar.ics", "series_calendar", build_only=True)
bp.add_url_rule("/feeds/<secret>/calendar.ics", "personal_calendar", build_only=True)
bp.add_app_template_global(subscription, "calendar_subscription")
bp.add_app_template_global(series_subscription)
bp.add_app_template_filter(feed_name)
