"""What stands out in a time sheet, and what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from amends.clients.timesheets import Remark, TimeRow, remarks

MONDAY = date(2026, 3, 9)
ROW = TimeRow(
    line=2, person="Ada Moss", email="ada@studio.example", client="Hartwell", project="Site", task="", description="",
    day=MONDAY, start=None, end=None, seconds=3600, billable=True, tags=(), entered=None,
)  # fmt: skip


def timed(line: int, start: str, end: str, *, day: date = MONDAY, person: str = "Ada Moss") -> TimeRow:
    begins = datetime.fromisoformat(f"{day} {start}")
    ends = datetime.fromisoformat(f"{day} {end}")
    email = f"{person.split()[0].lower()}@studio.example"
    return replace(ROW, line=line, day=day, start=begins, end=ends, person=person, email=email)


def seen(*rows: TimeRow) -> list[Remark]:
    return remarks(rows, works=lambda day: day.weekday() < 5)


def test_two_things_at_once() -> None:
    [remark] = seen(timed(4, "10:00", "11:00"), timed(2, "09:00", "10:30"), timed(3, "11:00", "12:00"))
    assert (remark.kind, remark.person, remark.day, remark.lines) == ("overlap", "Ada Moss", MONDAY, (2, 4))
    assert remark.says == (
        "Ada Moss, 9 March 2026: 09:00 to 10:30 (line 2) and 10:00 to 11:00 (line 4) overlap by 30 minutes"
    )


def test_a_long_entry_overlaps_all_that_lie_in_it() -> None:
    found = seen(timed(2, "09:00", "17:00"), timed(3, "10:00", "11:00"), timed(4, "12:00", "14:15"))
    assert [remark.lines for remark in found] == [(2, 3), (2, 4)]
    assert found[1].says.endswith("overlap by 2:15 hours")


def test_two_people_may_work_at_once() -> None:
    assert seen(timed(2, "09:00", "10:00"), timed(3, "09:00", "10:00", person="Bo Lund")) == []


def test_written_down_long_after() -> None:
    late = replace(ROW, entered=MONDAY + timedelta(days=8))
    [remark] = seen(late, replace(late, line=3, seconds=1800), replace(ROW, line=4, entered=MONDAY + timedelta(days=7)))
    assert (remark.kind, remark.lines) == ("late", (2, 3))
    assert remark.says == "Ada Moss: 1:30 hours of 9 March 2026 were entered on 17 March 2026, 8 days later"


def test_working_days_without_an_entry() -> None:
    """Between one's own first and last entry; weekends are none; another's days fill no gap."""
    rows = [replace(ROW, day=MONDAY + timedelta(days=n), line=n) for n in (0, 1, 3, 7, 11)]
    found = seen(*rows, replace(ROW, person="Bo Lund", email="", day=MONDAY + timedelta(days=2), line=30))
    assert [remark.says for remark in found] == [
        "Ada Moss has no entry on 11 March 2026",
        "Ada Moss has no entry on 13 March 2026",
        "Ada Moss has no entry from 17 March 2026 to 19 March 2026 (3 working days)",
    ]
    assert {remark.kind for remark in found} == {"gap"}


def test_the_same_words_on_another_client() -> None:
    words = replace(ROW, description="Second draft of the logo")
    [remark] = seen(
        words, replace(words, line=3), replace(words, line=7, client="Elm", description="second draft  of the logo")
    )
    assert (remark.kind, remark.lines) == ("elsewhere", (2, 3, 7))
    assert remark.says == ("“second draft of the logo” is booked on Hartwell (lines 2, 3) and on Elm (line 7)")


def test_what_is_said_of_everybody_is_no_remark() -> None:
    """One word, nothing at all, or a routine with three clients."""
    rows = [replace(ROW, line=n, client=f"Client {n}", description="Weekly status call") for n in range(3)]
    rows += [replace(ROW, line=n, client=f"Client {n}", description="Emails") for n in range(5, 7)]
    rows += [replace(ROW, line=n, client=f"Client {n}") for n in range(8, 10)]
    assert seen(*rows) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 1400), st.integers(0, 600)), max_size=25))
def test_overlaps_are_those_that_a_plain_comparison_finds(spans: list[tuple[int, int, int]]) -> None:
    """An entry is remarked on exactly where one that began before it was still going on."""
    rows = []
    for line, (day, start, length) in enumerate(spans, start=2):
        begins = datetime.combine(date(2026, 3, 1), time()) + timedelta(days=day, minutes=start)
        rows.append(replace(ROW, line=line, day=begins.date(), start=begins, end=begins + timedelta(minutes=length)))
    order = sorted((row for row in rows if row.end != row.start), key=lambda row: (row.start, row.end, row.line))
    wanted = {
        row.line
        for number, row in enumerate(order)
        if any(one.end and row.start and one.end > row.start for one in order[:number])
    }
    assert {remark.lines[1] for remark in seen(*rows) if remark.kind == "overlap"} == wanted
