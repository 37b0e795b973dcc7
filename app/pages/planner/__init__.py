"""The year planner: a year on one page, and the way from one year's plan to the next."""

from app.pages.planner import repeating, views

__all__ = ["repeating", "views"]
