"""Lists for programs: a page at a time, each continued from where the last one ended, whatever is stored.

Each function takes who reads, and gives a `Page`; the key to continue with is what its rows are ordered by, so that a
page costs what it shows. A made-up key begins elsewhere in what the reader may read anyway.
"""
