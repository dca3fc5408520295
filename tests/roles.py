"""Roles of PostgreSQL for tests: a superuser is above row-level security, so tests run as somebody else."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

ROLE = "amends_suite"


def plain_role(url: str) -> str:
    """The address of the same server for a role that obeys policies and may make databases, made where need be."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as link:
        row = link.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user").fetchone()
        assert row is not None
        if not row[0]:
            return url
        if not link.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (ROLE,)).fetchone():
            link.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{ROLE}'")
    found = urlsplit(url)
    place = found.netloc.rpartition("@")[2]
    return urlunsplit(found._replace(netloc=f"{ROLE}:{ROLE}@{place}"))
