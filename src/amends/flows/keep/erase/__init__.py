"""Forgetting a client or a person on request: who is meant, what would go, doing it, and clearing the files of it."""
