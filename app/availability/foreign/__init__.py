"""Calendars of others, of which nothing is trusted: fetched and read by processes of their own, under limits."""
