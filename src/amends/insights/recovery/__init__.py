"""Read-only answers about recoveries: the page of one, the list of all, and what its findings may rest on."""
