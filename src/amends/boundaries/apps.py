"""Registers this part with Django."""

from django.apps import AppConfig


class BoundariesConfig(AppConfig):
    name = "amends.boundaries"
    label = "boundaries"
