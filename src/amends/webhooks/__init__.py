"""Webhooks: telling other programs that something happened, by ids and kinds, never by the words of mail."""
