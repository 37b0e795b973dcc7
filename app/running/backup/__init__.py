"""`flask backup` and `flask restore`: all rows in one file that either kind of database can be filled from.

The file is gzipped JSON, a line each: a head (what wrote it, the schema's revision), then for every table a line with
its columns and one for each row, and at last the number of rows, by which a file that was cut off is known.
"""
