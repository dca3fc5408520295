"""Registers this part with Django."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "amends.jobs"
    label = "jobs"
