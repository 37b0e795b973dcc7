"""Pages that combine features, and what every page shares."""
