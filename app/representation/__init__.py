"""Representation: who sits where, how well associations are covered, and how balanced the groups are."""
