"""Django's PostgreSQL backend that also tells the server whose rows may be seen (see `base`)."""
