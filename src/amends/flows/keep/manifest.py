"""What a backup says of itself: `manifest.json`, the last member of the file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any
from zipfile import ZipFile

from amends.core.errors import AmendsError
from amends.flows.keep.files import DATABASE, DRILL, RAW

NAME = "manifest.json"
FORMAT = 2
"""The newest: with drills of the firm's own. One without any is written as 1, so that older versions read it."""
_LONGEST = 1 << 20  # bytes of a manifest; a real one has a few thousand


class BackupDamaged(AmendsError):
    """The file is no backup, or not whole. Nothing was changed."""


class BackupNewer(AmendsError):
    """A newer version of Amends made this backup."""


@dataclass(frozen=True, slots=True)
class Member:
    """One file in the backup: its plain size in bytes and the SHA-256 of its plain bytes."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`tables` are rows by table; `migrations` the shape of the database; `made_at` is ISO 8601."""

    format: int
    amends: str
    made_at: str
    migrations: list[str]
    tables: dict[str, int]
    members: list[Member]

    def as_json(self) -> str:
        """As it stands in the file."""
        return json.dumps(asdict(self), indent=1)


def read_manifest(archive: ZipFile) -> Manifest:
    """The manifest of an opened backup, and it is believable. Raises `BackupDamaged` or `BackupNewer`.

    Only the files that a home has may be in it, each once: a name can therefore lead nowhere else.
    """
    names = sorted(info.filename for info in archive.infolist())
    if NAME not in names:
        message = f"This is no backup of Amends: it has no {NAME}."
        raise BackupDamaged(message)
    with archive.open(NAME) as file:
        text = file.read(_LONGEST + 1)
    if len(text) > _LONGEST:
        message = f"This is no backup of Amends: its {NAME} is too large."
        raise BackupDamaged(message)
    found = _parsed(json.loads(text))
    kept = [member.name for member in found.members]
    known = {DATABASE, RAW, *(name for name in kept if DRILL.fullmatch(name))}
    if not {DATABASE} <= set(kept) <= known or sorted([*kept, NAME]) != names:
        message = "This backup holds other files than a backup does: it is damaged, or somebody changed it."
        raise BackupDamaged(message)
    return found


def _parsed(data: Any) -> Manifest:
    """Raises `BackupNewer`, or `KeyError`, `TypeError` or `ValueError` where it is nonsense."""
    if int(data["format"]) > FORMAT:
        message = f"Amends {data['amends']} made this backup, in a newer format: restore it with that version."
        raise BackupNewer(message)
    members = [Member(str(one["name"]), int(one["size"]), str(one["sha256"])) for one in data["members"]]
    if any(member.size < 0 for member in members):
        message = "a size below nothing"
        raise ValueError(message)
    return Manifest(
        format=int(data["format"]),
        amends=str(data["amends"]),
        made_at=str(data["made_at"]),
        migrations=[str(name) for name in data["migrations"]],
        tables={str(name): int(count) for name, count in data["tables"].items()},
        members=members,
    )
