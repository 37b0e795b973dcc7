"""Commands on people: one transaction each."""
