"""The mail servers that mail leaves through."""
