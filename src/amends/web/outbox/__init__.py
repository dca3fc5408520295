"""What is on its way out, and what became of it."""
