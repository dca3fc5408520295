"""Registers this part with Django."""

from django.apps import AppConfig


class ClientsConfig(AppConfig):
    name = "amends.clients"
    label = "clients"
