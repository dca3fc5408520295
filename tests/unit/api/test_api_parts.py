"""Limits, cursors, and the reference page."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest
from pydantic import BaseModel

from amends.api.cursors import cursor_of, key_of
from amends.api.limits import Limit, network_of
from amends.api.problems import Trouble
from amends.api.reference import markdown
from amends.api.v1 import schemas
from amends.api.v1.app import api

DOCS = Path(__file__).resolve().parents[3] / "docs"


def test_a_bucket_holds_a_minute_and_fills_evenly() -> None:
    limit = Limit()
    assert [limit.take("a", per_minute=3, at=0.0) for _ in range(4)] == [0, 0, 0, 20]
    assert limit.take("b", per_minute=3, at=0.0) == 0  # others have their own
    assert limit.take("a", per_minute=3, at=19.0) == 1
    assert limit.take("a", per_minute=3, at=20.0) == 0
    assert limit.wait("a", per_minute=3, at=20.0) == 20
    assert [limit.take("a", per_minute=3, at=10_000.0) for _ in range(4)] == [0, 0, 0, 20]
    limit.forget()
    assert limit.wait("a", per_minute=3, at=10_000.0) == 0


def test_buckets_do_not_fill_the_memory() -> None:
    limit = Limit()
    for number in range(20_010):
        limit.take(str(number), per_minute=1, at=0.0)
    assert limit.wait("0", per_minute=1, at=0.0) == 0  # forgotten
    assert limit.wait("20009", per_minute=1, at=0.0) == 60


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"), ("", "unknown"), ("somebody", "unknown"),
    ],
)  # fmt: skip
def test_whom_an_address_stands_for(address: str, network: str) -> None:
    assert network_of(address) == network


def test_cursors_come_back_as_they_went() -> None:
    moment = datetime(2026, 3, 16, 10, 0, 0, 123456, tzinfo=UTC)
    for key, kinds in (((7,), (int,)), ((moment, -3), (datetime, int)), ((date(2026, 3, 16), 1 << 60), (date, int))):
        cursor = cursor_of(key)
        assert cursor is not None
        assert key_of(cursor, *kinds) == key
    assert cursor_of(None) is None
    assert key_of(None, int) is None


@pytest.mark.parametrize(
    "cursor", ["?", "WzFd*", "W10", "WyJ4Il0", "WzEuNV0", "W3RydWVd", "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd"]
)
def test_what_no_page_gave_is_refused(cursor: str) -> None:
    with pytest.raises(Trouble):
        key_of(cursor, int)


def test_the_reference_is_up_to_date() -> None:
    said = (DOCS / "reference" / "api.md").read_text(encoding="utf-8")
    assert said == markdown(api.get_openapi_schema()), "run python docs/make_api_reference.py"


def test_the_how_to_verifies_as_we_sign() -> None:
    """The ten lines of the how-to, run against our own signature."""
    from amends.webhooks.rules import new_secret, signed

    text = (DOCS / "how-to" / "webhooks.md").read_text(encoding="utf-8")
    code = text.partition("```python\n")[2].partition("```")[0]
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102 (our own page)
    check = names["is_from_amends"]
    assert callable(check)
    secret, now = new_secret(), datetime.now(UTC)
    headers = signed(b"{}", event_id="msg_1", at=now, keys=[new_secret(), secret])
    assert check(secret, headers, b"{}") is True
    assert check(secret, headers, b"{} ") is False
    assert check(new_secret(), headers, b"{}") is False
    old = signed(b"{}", event_id="msg_1", at=datetime(2026, 3, 16, tzinfo=UTC), keys=[secret])
    assert check(secret, old, b"{}") is False


def test_no_two_schemas_share_a_name() -> None:
    """The reference and the OpenAPI schema know them by it: of two, one would stand for both."""
    here = [import_module(f"{schemas.__name__}.{found.name}") for found in iter_modules(schemas.__path__)]
    names = [
        name for module in here for name, each in vars(module).items()
        if isinstance(each, type) and issubclass(each, BaseModel) and each.__module__ == module.__name__
    ]  # fmt: skip
    assert [name for name, count in Counter(names).items() if count > 1] == []
