"""Personal data: what is kept, given out, erased and forgotten. Built from what each feature declares of its own."""
