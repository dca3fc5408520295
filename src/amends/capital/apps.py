"""Registers this part with Django."""

from django.apps import AppConfig


class CapitalConfig(AppConfig):
    name = "amends.capital"
    label = "capital"
