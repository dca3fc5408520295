"""What the pages of a recovery show."""
