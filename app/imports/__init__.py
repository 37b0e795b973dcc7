"""Imports of people and memberships from files: checked first, shown row by row, written wholly or not at all."""
