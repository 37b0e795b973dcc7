"""The work programme of a group: its milestones and deadlines, to the day."""
