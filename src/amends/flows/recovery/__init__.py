"""Use cases of recoveries."""
