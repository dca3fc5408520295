"""The dialogue with a mail server (RFC 5321)."""
