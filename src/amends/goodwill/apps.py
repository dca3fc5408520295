"""Registers this part with Django."""

from django.apps import AppConfig


class GoodwillConfig(AppConfig):
    name = "amends.goodwill"
    label = "goodwill"
