"""Communities, working groups, their coordinators, and the catalogue they come from."""
