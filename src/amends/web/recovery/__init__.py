"""Recoveries as pages: the list, one whole, its opening and its stages."""
