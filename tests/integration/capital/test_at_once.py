"""Many who post at the same moment: nothing is lost, nothing is there twice, and the totals agree."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.at_once import at_once, on_disk
from tests.conftest import NOW

from amends.capital import queries
from amends.capital.models import Posting
from amends.capital.rules import Event
from amends.clients.models import Client
from amends.flows.capital.posting import settle

if TYPE_CHECKING:
    from amends.firm.models import Firm


def event(client: Client, number: int) -> Event:
    evidence = ("message", uuid.UUID(int=number))
    return Event(f"message:{number}:praise", "praise", client.pk, NOW - timedelta(days=number), evidence)


@pytest.mark.django_db(transaction=True)
def test_the_same_event_told_by_many_is_posted_once(firm: Firm, tmp_path: Path) -> None:
    client = Client.objects.create(name="Hartwell", created_at=NOW)
    with on_disk(tmp_path):
        came = at_once(12, lambda number: settle([event(client, 1)], now=NOW))
        assert sorted(map(str, came)) == ["0"] * 11 + ["1"]
        assert Posting.objects.count() == 1
        assert queries.outdated_totals() == 0


@pytest.mark.django_db(transaction=True)
def test_different_events_of_one_client_are_all_there(firm: Firm, tmp_path: Path) -> None:
    client = Client.objects.create(name="Hartwell", created_at=NOW)
    with on_disk(tmp_path):
        came = at_once(24, lambda number: settle([event(client, number // 2 + 1)], now=NOW))
        assert sum(one for one in came if isinstance(one, int)) == 12
        assert len(came) == 24
        assert all(isinstance(one, int) for one in came), came
        assert Posting.objects.count() == 12
        assert queries.outdated_totals() == 0
