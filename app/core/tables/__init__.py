"""Tables that people take away and bring: CSV and Excel files, written and read.

`model` says what a table is; `writing` and `download` hand one out; `reading`, with a module for each format, takes one
in. Nothing here knows what the rows are about.
"""
