"""The floor of the house: ids and errors. No Django, no models."""
