"""The firm itself."""
