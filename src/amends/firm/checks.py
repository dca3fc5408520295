"""Numbered checks of the settings: what is wrong stops the start and says how to mend it."""

from __future__ import annotations

import os
import sqlite3
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as Caution
from django.db import DatabaseError, connection

_HERE = frozenset({"127.0.0.1", "localhost", "::1"})


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
    if found.scheme == "http" and found.hostname not in _HERE:
        hint = "Put a server with TLS in front, and write AMENDS_URL with https."
        return [Caution("Passwords and mail travel unencrypted over http.", hint=hint, id="amends.W002")]
    return []


@register()
def single_sign_on_is_whole(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """E020: of single sign-on all is said, or nothing; E021: its issuer is an https address (http on this machine)."""
    given = [settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET]
    if not any(given):
        return []
    if not all(given):
        hint = (
            "Set AMENDS_OIDC_ISSUER, AMENDS_OIDC_CLIENT_ID and AMENDS_OIDC_CLIENT_SECRET (or …_FILE), or none of them."
        )
        return [Error("Single sign-on is set up in part.", hint=hint, id="amends.E020")]
    found = urlsplit(settings.OIDC_ISSUER)
    if found.scheme == "https" or (found.scheme == "http" and found.hostname in _HERE):
        return []
    hint = "Write AMENDS_OIDC_ISSUER as its documentation says, beginning with https://"
    return [Error(f"{settings.OIDC_ISSUER} cannot be trusted with sign-ins.", hint=hint, id="amends.E021")]


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
def authority_of_mail_servers_is_one(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """E006: AMENDS_MAIL_CA_FILE, where it is set, holds certificates."""
    file = settings.MAIL_CA_FILE
    if not file:
        return []
    try:
        ssl.create_default_context().load_verify_locations(file)
    except OSError:
        hint = "Give the path of a PEM file with your authority's certificate, or leave it out."
        return [Error(f"AMENDS_MAIL_CA_FILE names {file}, which holds none.", hint=hint, id="amends.E006")]
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
