"""Registers this part with Django."""

from django.apps import AppConfig


class FirmConfig(AppConfig):
    name = "amends.firm"
    label = "firm"

    def ready(self) -> None:
        from amends.firm import checks  # noqa: F401 (registers itself)
