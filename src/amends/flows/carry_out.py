"""Doing the import of a kept file: hours or clients, as its preview was confirmed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from amends.clients.actions import uploads as states
from amends.clients.models import Upload, UploadKind
from amends.clients.timesheets import DateOrder, Decimals, Timesheet, read_timesheet
from amends.core.errors import AmendsError
from amends.flows import time_sheets
from amends.flows.client_files import book_of, import_clients
from amends.flows.uploads import content, discard

_SHOWN = 50  # of what was set aside and of each kind of remark


def sheet_of(upload: Upload, data: bytes) -> Timesheet:
    """The hours of a kept file, read as the person decided. Raises `TimesheetError`."""
    dates_as, decimals_as = upload.options.get("dates"), upload.options.get("decimal")
    return read_timesheet(
        data,
        dates_as=DateOrder(dates_as) if dates_as else None,
        decimals_as=Decimals(decimals_as) if decimals_as else None,
    )


def carry_out(upload_pk: int, *, clock: Callable[[], datetime]) -> None:
    """Import a kept file that was sent off. Run again after a kill, it finishes what is left."""
    upload = Upload.objects.select_related("member").get(pk=upload_pk)
    if not states.begin(upload):
        return
    try:
        report = _time(upload, clock) if upload.kind == UploadKind.TIME else _clients(upload, clock)
    except AmendsError as error:
        states.fail(upload, str(error), now=clock())
    else:
        states.finish(upload, report=report, now=clock())
    discard(upload)


def take_back(upload: Upload) -> int:
    """Undo an import of hours; returns how many entries it removed, 0 where somebody was quicker."""
    return time_sheets.take_back(upload) if states.mark_undone(upload) else 0


def _time(upload: Upload, clock: Callable[[], datetime]) -> dict[str, Any]:
    report = time_sheets.import_time(
        sheet_of(upload, content(upload)),
        source=upload.name,
        clock=clock,
        progress=lambda done, total: states.advance(upload, done, total),
        upload=upload,
    )
    told = report.as_json()
    kept: Counter[str] = Counter()
    shown = []
    for remark in told["remarks"]:
        kept[remark["kind"]] += 1
        if kept[remark["kind"]] <= _SHOWN:
            shown.append(remark)
    return _shortened({**told, "remarks": shown, "remark_counts": dict(kept)})


def _clients(upload: Upload, clock: Callable[[], datetime]) -> dict[str, Any]:
    report = import_clients(
        book_of(content(upload), upload.options, name=upload.name),
        source=upload.name,
        member=upload.member,
        clock=clock,
        progress=lambda done, total: states.advance(upload, done, total),
    )
    return _shortened(report.as_json())


def _shortened(report: dict[str, Any]) -> dict[str, Any]:
    """A report as it is kept: all its counts, and of what was set aside as much as anybody reads."""
    return {**report, "set_aside_count": len(report["set_aside"]), "set_aside": report["set_aside"][:_SHOWN]}
