"""A PostgreSQL that does not answer is told from one that is damaged."""

from __future__ import annotations

import pytest

from amends.core.unreachable import unreachable

WHERE = {"ENGINE": "amends.firm.postgresql", "HOST": "db", "PORT": 6000, "USER": "amends", "PASSWORD": "hunter2"}
FAILED = 'connection failed: connection to server at "127.0.0.1", port 6000 failed: '


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("Connection refused\n\tIs the server running?", "PostgreSQL at db:6000 does not answer (Connection refused)"),
        ("timeout expired", "does not answer (timeout expired)"),
        ('FATAL: password authentication failed for user "amends"', "lets amends not in"),
        ('FATAL: database "x" does not exist', "make it with createdb"),
    ],
)
def test_it_says_what_to_mend(said: str, told: str) -> None:
    found = unreachable(Exception(FAILED + said), WHERE)
    assert told in found
    assert "AMENDS_DATABASE_URL" in found
    assert "hunter2" not in found
    assert "backup" not in found


def test_any_other_trouble_is_not_its_business() -> None:
    assert unreachable(Exception('relation "firm" is corrupt'), WHERE) == ""
    assert unreachable(Exception("Connection refused"), {"ENGINE": "django.db.backends.sqlite3"}) == ""
