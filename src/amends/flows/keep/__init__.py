"""Safe keeping: a copy of the home in one file, that file made a home again, and whether the store is whole.

`backup` and `restore` are for a home on SQLite; `verify` serves both databases. `lock` says who uses a home, and is
loaded by every command: nothing here is imported for it.
"""
