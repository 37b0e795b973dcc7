"""What belongs to a meeting once it is planned: who says they come."""
