"""Use cases that cross parts."""
