"""Registers this part with Django."""

from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "amends.signals"
    label = "signals"
