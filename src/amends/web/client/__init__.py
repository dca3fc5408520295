"""One client, and what a person may say about it."""
