"""Read-only answers about recoveries: what their pages, briefs and calls show."""
