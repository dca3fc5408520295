"""Registers this part with Django."""

from django.apps import AppConfig


class FirmConfig(AppConfig):
    name = "amends.firm"
    label = "firm"
