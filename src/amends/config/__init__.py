"""Settings, addresses, system checks."""
