"""What is no whole backup restores nothing; what cannot be kept whole is not kept."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from tests.conftest import NOW
from tests.keeping import beside, files, on_sqlite

from amends.core.errors import AmendsError
from amends.flows.keep.backup import CannotKeep, back_up
from amends.flows.keep.files import FilesDamaged
from amends.flows.keep.lock import HomeInUse, alone
from amends.flows.keep.manifest import BackupDamaged, BackupNewer
from amends.flows.keep.restore import CannotRestore, restore


def _refused(home: Path, file: Path, error: type[AmendsError], match: str | None = None) -> None:
    before = files(home)
    with pytest.raises(error, match=match):
        restore(file, now=NOW)
    assert files(home) == before
    assert beside(home) == [home.name]


@on_sqlite
@pytest.mark.parametrize("member", ["amends.sqlite3", "raw.sqlite3", "manifest.json"])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.7, 0.99])  # the last bits of a packed stream say only that it ends
def test_a_damaged_byte_is_noticed(
    member: str, share: float, place: Callable[[str], Path], packed: Path, tmp_path: Path
) -> None:
    data = bytearray(packed.read_bytes())
    with ZipFile(packed) as archive:
        info = archive.getinfo(member)
    name, extra = (int.from_bytes(data[info.header_offset + at :][:2], "little") for at in (26, 28))
    at = info.header_offset + 30 + name + extra + round(share * (info.compress_size - 1))
    data[at] ^= 0x10
    file = tmp_path / "damaged.zip"
    file.write_bytes(data)
    _refused(place("home"), file, BackupDamaged)


@on_sqlite
@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 0.9, 0.9999])
def test_a_truncated_file_is_noticed(share: float, place: Callable[[str], Path], packed: Path, tmp_path: Path) -> None:
    data = packed.read_bytes()
    file = tmp_path / "short.zip"
    file.write_bytes(data[: int(share * len(data))])
    _refused(place("home"), file, BackupDamaged)


@on_sqlite
def test_no_file_and_other_zips_are_refused(place: Callable[[str], Path], tmp_path: Path) -> None:
    home = place("home")
    _refused(home, tmp_path / "nowhere.zip", CannotRestore, "No such file")
    file = tmp_path / "other.zip"
    with ZipFile(file, "w") as archive:
        archive.writestr("1.eml", "From: a@b.example")
    _refused(home, file, BackupDamaged, "no backup of Amends")


def _rewritten(packed: Path, file: Path, change: Callable[[dict[str, bytes], dict[str, Any]], None]) -> Path:
    """A copy of a backup in which somebody changed members and manifest; hashes stay as `change` leaves them."""
    with ZipFile(packed) as archive:
        members = {name: archive.read(name) for name in archive.namelist() if name != "manifest.json"}
        manifest = json.loads(archive.read("manifest.json"))
    change(members, manifest)
    with ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
        archive.writestr("manifest.json", json.dumps(manifest))
    return file


@on_sqlite
@pytest.mark.parametrize(
    "name",
    [
        "../evil.txt",
        "/evil.txt",
        "a/../../evil.txt",
        "..\\evil.txt",
        "secret.key",
        "drills/../evil.toml",
        "drills/a/evil.toml",
        "drills/Evil.toml",
    ],
)
@pytest.mark.parametrize("told", [True, False])
def test_names_that_lead_elsewhere_are_refused(
    name: str, told: bool, place: Callable[[str], Path], packed: Path, tmp_path: Path
) -> None:
    def change(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
        members[name] = b"evil"
        if told:
            manifest["members"].append({"name": name, "size": 4, "sha256": "00" * 32})

    home = place("home")
    _refused(home, _rewritten(packed, tmp_path / "path.zip", change), BackupDamaged, "other files")
    assert not list(tmp_path.rglob("evil*"))


def _one(key: str, value: object) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
        manifest["members"][0][key] = value

    return change


def _all(key: str, value: object) -> Callable[[dict[str, bytes], dict[str, Any]], None]:
    def change(members: dict[str, bytes], manifest: dict[str, Any]) -> None:
        manifest[key] = value

    return change


@on_sqlite
@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        (_one("size", 100), BackupDamaged, "not what was put there"),
        (_one("size", 1 << 60), CannotRestore, "GB beside the home"),
        (_one("size", -1), BackupDamaged, None),
        (_one("sha256", "00" * 32), BackupDamaged, "not what was put there"),
        (_one("name", 7), BackupDamaged, "other files"),
        (_all("members", []), BackupDamaged, "other files"),
        (_all("members", "x"), BackupDamaged, None),
        (_all("tables", {"mail_message": 1}), BackupDamaged, "not the one"),
        (_all("format", 3), BackupNewer, "newer format"),
        (_all("migrations", ["mail.0001_initial", "mail.9999_later"]), BackupNewer, "mail.9999_later"),
        (_all("made_at", "x" * (1 << 20)), BackupDamaged, "too large"),
    ],
)
def test_a_manifest_that_lies_is_not_believed(
    change: Callable[[dict[str, bytes], dict[str, Any]], None], error: type[AmendsError], match: str | None,
    place: Callable[[str], Path], packed: Path, tmp_path: Path,
) -> None:  # fmt: skip
    _refused(place("home"), _rewritten(packed, tmp_path / "lie.zip", change), error, match)


@on_sqlite
def test_a_damaged_home_is_not_backed_up_as_if_it_were_whole(place: Callable[[str], Path], tmp_path: Path) -> None:
    home = place("home")
    with closing(sqlite3.connect(home / "amends.sqlite3")) as link, link:
        link.execute("DELETE FROM mail_thread")
    with pytest.raises(FilesDamaged, match="point at rows that are not there"):
        back_up(tmp_path / "b.zip", now=NOW)
    assert beside(tmp_path / "b.zip") == []
    (home / "amends.sqlite3").write_bytes(b"no database at all" * 1000)
    with pytest.raises(FilesDamaged, match="cannot be read"):
        back_up(tmp_path / "b.zip", now=NOW)
    assert beside(tmp_path / "b.zip") == []


@on_sqlite
def test_an_existing_file_is_only_replaced_where_that_is_said(place: Callable[[str], Path], tmp_path: Path) -> None:
    place("home")
    file = tmp_path / "b.zip"
    file.write_bytes(b"precious")
    with pytest.raises(CannotKeep, match="--overwrite"):
        back_up(file, now=NOW)
    assert file.read_bytes() == b"precious"
    back_up(file, now=NOW, overwrite=True)
    restore(file, now=NOW)
    with pytest.raises(CannotKeep, match="no folder"):
        back_up(tmp_path / "nowhere" / "b.zip", now=NOW)
    with pytest.raises(CannotKeep, match="a folder"):
        back_up(tmp_path, now=NOW, overwrite=True)


@on_sqlite
def test_two_backups_to_one_file_do_not_disturb_each_other(place: Callable[[str], Path], tmp_path: Path) -> None:
    place("home")
    other = tmp_path / ".b.zip.partial"
    other.mkdir()
    with (
        alone(other / "lock", because="taken"),
        pytest.raises(HomeInUse, match="Another backup"),
    ):
        back_up(tmp_path / "b.zip", now=NOW)
