"""Meetings of working groups: planned in wall-clock time, changed, cancelled."""
