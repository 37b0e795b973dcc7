"""What writing each row would do, decided by what is known now and by the rules of people and memberships.

`knowledge` reads what a file's rows touch, in a few statements whatever their number; `people` and `memberships` judge
row by row, in the order of the file, and write nothing. Asked once for the preview and again in the transaction that
writes: if the answers differ, something was changed meanwhile.
"""
