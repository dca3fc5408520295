"""What is a member's own: name, time zone, password, two-factor, sessions."""
