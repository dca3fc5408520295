"""What is shown of boundaries: only what whoever looks may see."""
