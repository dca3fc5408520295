"""Clients, their contacts and engagements; and the outside parties that are no client."""
