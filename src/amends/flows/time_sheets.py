"""Bringing time in: a time tracker's export becomes entries on engagements, and what stands out in it is said.

A batch is one transaction, and every entry has a fingerprint: killed at any moment, the import is finished by running
it again, and running it again changes nothing, also where two people bring the same file at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from amends.clients.actions.time import mark, store_time, take_back_time
from amends.clients.models import TimeEntry, Upload
from amends.clients.timesheets import Remark, SetAside, Timesheet, remarks
from amends.firm.queries import firm_in_scope, working_time
from amends.flows.webhooks import announce

BATCH = 500
Progress = Callable[[int, int], None]


@dataclass(slots=True)
class TimeReport:
    """What an import of time saw and did; `seen` is always imported + duplicates + set aside."""

    format: str
    source: str  # the file's name
    imported: int = 0
    duplicates: int = 0
    set_aside: tuple[SetAside, ...] = ()
    remarks: list[Remark] = field(default_factory=list)

    @property
    def seen(self) -> int:
        return self.imported + self.duplicates + len(self.set_aside)

    def as_json(self) -> dict[str, Any]:
        """The keys of `amends import-time --json`."""
        return {
            "format": self.format,
            "seen": self.seen,
            "imported": self.imported,
            "duplicates": self.duplicates,
            "set_aside": [
                {"source": f"{self.source}, line {one.line}", "line": one.line, "reason": one.reason}
                for one in self.set_aside
            ],
            "remarks": [
                {
                    "kind": one.kind, "person": one.person, "day": one.day.isoformat(), "says": one.says,
                    "lines": list(one.lines),
                }
                for one in self.remarks
            ],
        }  # fmt: skip


def import_time(
    sheet: Timesheet,
    *,
    source: str,
    clock: Callable[[], datetime],
    progress: Progress = lambda done, total: None,
    upload: Upload | None = None,
) -> TimeReport:
    """Store a time sheet for the firm in scope, and say what stands out in it.

    Times of day are taken to be the firm's: an export names no time zone. With `upload`, the entries remember it.
    """
    firm = firm_in_scope()
    zone = ZoneInfo(firm.timezone)
    report = TimeReport(format=sheet.format, source=source, set_aside=sheet.set_aside)
    marked = mark(sheet.rows, source=sheet.format)
    for at in range(0, len(marked), BATCH):
        batch = marked[at : at + BATCH]
        now = clock()
        stored = store_time(
            batch, source=sheet.format, zone=zone, now=now, upload=upload,
            then=lambda clients, now=now: announce.clients_created(clients, now=now),  # type: ignore[misc]
        ).entries  # fmt: skip
        report.imported += stored
        report.duplicates += len(batch) - stored
        progress(at + len(batch), len(marked))
    if upload is not None:  # where an attempt before was killed, its entries are this import's too
        report.imported = TimeEntry.objects.filter(upload=upload).count()
        report.duplicates = len(marked) - report.imported
    report.remarks = remarks(sheet.rows, works=working_time(firm).is_working_day)
    return report


def take_back(upload: Upload) -> int:
    """Undo one upload's import; returns how many entries it removed."""
    return take_back_time(upload)
