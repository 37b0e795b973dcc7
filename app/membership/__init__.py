"""Who sits in which group: asking, deciding, leaving, and the history of it."""
