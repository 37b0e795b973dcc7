"""Date polls: members say when they can meet, and the coordinator makes a meeting of the best date."""
