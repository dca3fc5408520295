"""Taking a file of hours or clients from a page: kept only where it can be read, or where a person can decide how."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from amends.clients.addressbooks import Unmapped, columns_of, read_book
from amends.clients.models import Upload, UploadKind
from amends.clients.timesheets import Unclear, read_timesheet
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.flows.uploads import content, drop, keep


def hand_in(chunks: Iterable[bytes], *, kind: UploadKind, name: str, member: Member, now: datetime) -> Upload:
    """Keep a file until its import; raises `TooLarge`, `TimesheetError` or `BookError`, and keeps nothing then."""
    upload = keep(chunks, kind=kind, name=name, member=member, now=now)
    try:
        _CHECKS[kind](content(upload))
    except (Unclear, Unmapped):
        pass  # a person decides
    except AmendsError:
        drop(upload)
        raise
    return upload


def _check_clients(data: bytes) -> None:
    if columns_of(data) is None:
        read_book(data)


_CHECKS: dict[str, Callable[[bytes], object]] = {UploadKind.TIME: read_timesheet, UploadKind.CLIENTS: _check_clients}
