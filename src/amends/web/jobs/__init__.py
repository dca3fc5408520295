"""Background work, for administrators."""
