"""Associations, persons, their affiliations and accounts: signing up, signing in, profiles."""
