"""What a client means in money."""
