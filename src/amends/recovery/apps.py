"""Registers this part with Django."""

from django.apps import AppConfig


class RecoveryConfig(AppConfig):
    name = "amends.recovery"
    label = "recovery"
