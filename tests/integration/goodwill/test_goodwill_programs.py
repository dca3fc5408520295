"""The same from the command line and from a file: one call inward each, and the same file twice changes nothing."""

from __future__ import annotations

import pytest
from tests.conftest import NOW

from amends.clients.models import Client
from amends.firm.models import Member
from amends.flows.goodwill import guarantees
from amends.flows.goodwill.review_files import BadFile, take_reviews
from amends.goodwill.models import Review
from amends.insights.goodwill.named import NotThere, guarantee_called, plain, row_called, rows_of

CSV = """Date,Platform,Rating,Review,Reviewer,Client
2026-03-01,Clutch,5,"They flew out to help us.",Ana,Quito
03.03.2026,Google,1,Nobody called.,Tom,quito
2026-03-04,Google,9,Odd,Tom,
2026-03-05,Google,4,,Tom,Lima
,Google,4,x,Tom,
2026-03-06T10:00:00Z,Google,3,Fine.,,
"""


def test_a_file_of_reviews(quito: Client, member: Member) -> None:
    taken = take_reviews(CSV.encode(), by=member, now=NOW)
    assert (taken.seen, taken.imported, taken.duplicates) == (6, 3, 0)
    assert [(one["source"], one["reason"].partition(":")[0]) for one in taken.set_aside] == [
        ("line 4", "'9' is no number of stars"),
        ("line 5", "No client is called 'Lima'"),
        ("line 6", "It has no date"),
    ]
    assert Review.objects.filter(client=quito).count() == 2
    assert Review.objects.exclude(message=None).count() == 1
    again = take_reviews(CSV.encode("utf-16"), by=member, now=NOW)
    assert (again.imported, again.duplicates, Review.objects.count()) == (0, 3, 3)
    assert again.seen == again.imported + again.duplicates + len(again.set_aside)


@pytest.mark.parametrize("data", [b"", b"hello\nworld\n", b"date,stars\n2026-03-01,4\n", b"\x00\x01\x02"])
def test_what_is_no_file_of_reviews_changes_nothing(member: Member, quito: Client, data: bytes) -> None:
    with pytest.raises(BadFile, match="name the columns"):
        take_reviews(data, by=member, now=NOW)
    assert Review.objects.count() == 0


def test_a_place_said_once(member: Member, quito: Client) -> None:
    taken = take_reviews(b"date;stars\n2026-03-01;4\n", place="Google", by=member, now=NOW)
    assert (taken.imported, Review.objects.get().place) == (1, "Google")


def test_rows_are_named_and_printed(member: Member, quito: Client) -> None:
    take_reviews(CSV.encode(), by=member, now=NOW)
    rows = rows_of("review", quito)
    assert [plain(row)["stars"] for row in rows] == ["1.0", "5.0"]
    assert row_called("review", rows[0].public_id) == rows[0]
    with pytest.raises(NotThere, match="amends claim list CLIENT"):
        row_called("claim", rows[0].public_id)
    terms = guarantees.promise(guarantees.Terms("Money back", "x", "refund"), by=member, now=NOW)
    assert guarantee_called("money BACK") == terms.public_id
    with pytest.raises(NotThere):
        guarantee_called("Nothing")
