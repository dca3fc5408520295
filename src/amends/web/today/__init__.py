"""Who needs us now."""
