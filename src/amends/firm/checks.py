"""Numbered checks of the settings: what is wrong stops the start and says how to mend it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DatabaseError, connection


@register()
def home_can_be_written(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """E001: the home exists and belongs to whoever runs Amends."""
    home = Path(settings.HOME)
    if home.is_dir() and os.access(home, os.W_OK | os.X_OK):
        return []
    return [Error(f"{home} cannot be written.", hint="Point AMENDS_HOME at a folder of your own.", id="amends.E001")]


@register()
def address_is_one(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """E002: AMENDS_URL is an http or https address; W002: it is http, and not on this machine."""
    found = urlsplit(settings.PUBLIC_URL)
    if found.scheme not in {"http", "https"} or not found.hostname:
        hint = "Write it as https://amends.example.com"
        return [Error(f"AMENDS_URL is {settings.PUBLIC_URL!r}, which is no address.", hint=hint, id="amends.E002")]
    if found.scheme == "http" and found.hostname not in {"127.0.0.1", "localhost", "::1"}:
        hint = "Put a server with TLS in front, and write AMENDS_URL with https."
        return [Caution("Passwords and mail travel unencrypted over http.", hint=hint, id="amends.W002")]
    return []


@register()
def database_is_known(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """E003: the database is SQLite or PostgreSQL; E004: SQLite has full-text search."""
    engine = settings.DATABASES["default"]["ENGINE"]
    if engine not in {"django.db.backends.sqlite3", "amends.firm.postgresql"}:
        hint = "Leave AMENDS_DATABASE_URL out for SQLite, or write postgresql://user:password@host/name"
        return [Error(f"{engine} is no database that Amends keeps.", hint=hint, id="amends.E003")]
    if engine.endswith("sqlite3"):
        options = {row[0] for row in sqlite3.connect(":memory:").execute("PRAGMA compile_options")}
        if "ENABLE_FTS5" not in options:
            hint = "Use a Python whose SQLite has FTS5, as those of python.org and of all distributions have."
            return [Error("This Python's SQLite has no full-text search.", hint=hint, id="amends.E004")]
    return []


@register()
def time_zones_are_there(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """E005: the system knows time zones."""
    from zoneinfo import available_timezones

    if "Europe/London" in available_timezones():
        return []
    return [Error("This system knows no time zones.", hint="pip install tzdata", id="amends.E005")]


@register(Tags.database)
def role_obeys_policies(
    app_configs: Sequence[Any] | None, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """W010: the database role is above row-level security; E010: it is, and there are several firms to keep apart."""
    from amends.firm.models import Firm
    from amends.firm.row_security import obeys

    if not databases or connection.vendor != "postgresql":
        return []
    try:
        if obeys():
            return []
        firms = Firm.objects.count() if Firm._meta.db_table in connection.introspection.table_names() else 0
    except DatabaseError:
        return []  # whoever opens the database says so better
    user = settings.DATABASES["default"].get("USER") or "the role of AMENDS_DATABASE_URL"
    name = settings.DATABASES["default"]["NAME"]
    said = f"{user} is a superuser or has BYPASSRLS, so PostgreSQL does not keep firms apart by itself."
    hint = (
        f"Make a role of its own: CREATE ROLE amends LOGIN PASSWORD '…'; ALTER DATABASE {name} OWNER TO amends; "
        "then write AMENDS_DATABASE_URL with it. See docs/how-to/several-machines.md."
    )
    return [Error(said, hint=hint, id="amends.E010") if firms > 1 else Caution(said, hint=hint, id="amends.W010")]
