"""iCalendar: from meetings to bytes, the stored feeds and the door they are served through."""
