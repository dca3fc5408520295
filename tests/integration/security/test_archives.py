"""Archives that mean harm cost no more disk than is allowed and lead nowhere, and the rest of them is read."""

from __future__ import annotations

import io
import shutil
import struct
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests.conftest import NOW

from amends.firm.models import Firm
from amends.flows.receive import run_import
from amends.flows.set_up import begin_run
from amends.mail.models import Copy
from amends.mail.reading import ReaderPool
from amends.mail.sources import Item, Skipped, open_source, walk

MESSAGE = b"From: a@x.example\r\nTo: ada@studio.example\r\nSubject: one\r\n\r\nHello.\r\n"
BOX = b"From a@x Mon Mar 16 10:00:00 2026\n" + MESSAGE.replace(b"\r\n", b"\n")
BOMB = "far larger than it looks: perhaps a zip bomb"


class Walked(NamedTuple):
    """What came of an archive: messages, what was skipped and why, and the most that lay unpacked at the end."""

    items: list[Item]
    skipped: list[Skipped]
    unpacked: int


def look(path: Path) -> Walked:
    scratch = path.parent / "scratch"
    found = list(open_source(path, scratch=scratch))
    unpacked = sum(file.stat().st_size for file in scratch.rglob("*")) if scratch.exists() else 0
    items = [one for one in found if isinstance(one, Item)]
    return Walked(items, [one for one in found if isinstance(one, Skipped)], unpacked)


def zipped(members: list[tuple[str, bytes]]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return held.getvalue()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> int:
    """The limits, a thousandth of what they are, so that no test fills a disk."""
    limit = 1 << 20
    monkeypatch.setattr(walk, "_ZIP_LIMIT", limit)
    monkeypatch.setattr(walk, "_INLINE", 1000)
    return limit


# -- zip bombs ----------------------------------------------------------------------------------------------------


def test_one_member_that_grows_a_thousandfold(small: int, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped([("huge.mbox", bytes(4 * small)), ("ok.eml", MESSAGE)]))
    walked = look(tmp_path / "a.zip")
    assert [one.reason for one in walked.skipped] == [BOMB]
    assert (len(walked.items), walked.unpacked) == (1, 0)


def test_many_members_each_below_the_limit(small: int, tmp_path: Path) -> None:
    """Together they are forty times what is allowed; what is allowed is what is unpacked."""
    members = [(f"{number:03}.mbox", BOX + bytes(small // 4)) for number in range(160)]
    (tmp_path / "a.zip").write_bytes(zipped(members))
    walked = look(tmp_path / "a.zip")
    limit = max(small, 200 * (tmp_path / "a.zip").stat().st_size)
    assert walked.unpacked <= limit < 160 * small // 4
    assert {one.reason for one in walked.skipped} == {BOMB}
    assert 0 < len(walked.items) < 160
    assert len(walked.items) + len(walked.skipped) == 160


def test_zips_in_a_zip_share_what_is_allowed(small: int, tmp_path: Path) -> None:
    inner = zipped([(f"{number}.mbox", BOX + bytes(small // 4)) for number in range(3)])
    (tmp_path / "a.zip").write_bytes(zipped([(f"{number:03}.zip", inner) for number in range(200)]))
    walked = look(tmp_path / "a.zip")
    limit = max(small, 200 * (tmp_path / "a.zip").stat().st_size)
    assert walked.unpacked <= limit < 200 * 3 * small // 4
    assert BOMB in {one.reason for one in walked.skipped}


def test_a_zip_that_holds_itself_ends(tmp_path: Path) -> None:
    data = zipped([("a.eml", MESSAGE)])
    for _ in range(10):
        data = zipped([("inner.zip", data)])
    (tmp_path / "a.zip").write_bytes(data)
    assert [one.reason for one in look(tmp_path / "a.zip").skipped] == ["a zip too deep inside other zips"]


def test_members_that_lie_over_one_another(tmp_path: Path) -> None:
    """A hundred entries of the directory, all of one member's bytes (Fifield, "A better zip bomb", 2019)."""
    data = zipped([("a.mbox", BOX * 2000)])
    start = data.index(b"PK\x01\x02")
    end = data.index(b"PK\x05\x06")
    entry = data[start:end]
    many = b"".join(entry.replace(b"a.mbox", f"{number:02}mbox".encode()) for number in range(100))
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 100, 100, len(many), start, 0)
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "a.zip").write_bytes(data[:start] + many + tail)
    (tmp_path / "mail" / "b.eml").write_bytes(MESSAGE)
    walked = look(tmp_path / "mail")
    assert [one.reason for one in walked.skipped] == ["a zip whose members lie over one another, perhaps a zip bomb"]
    assert (len(walked.items), walked.unpacked) == (1, 0)


def test_a_disk_without_room_is_said_and_not_filled(
    small: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=walk._SPARE + 1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    (tmp_path / "a.zip").write_bytes(zipped([("a.mbox", BOX * 20), ("ok.eml", MESSAGE)]))
    walked = look(tmp_path / "a.zip")
    assert [one.reason.partition(":")[0] for one in walked.skipped] == ["too large to unpack on this disk"]
    assert (len(walked.items), walked.unpacked) == (1, 0)


def test_an_honest_archive_of_many_is_read_whole(small: int, tmp_path: Path) -> None:
    """Mail shrinks to a third or so; ten times that is allowed many times over."""
    chance = bytes(range(256)) * 40
    members = [(f"{number}.eml", MESSAGE + chance[number : number + 3000].hex().encode()) for number in range(600)]
    (tmp_path / "a.zip").write_bytes(zipped(members))
    walked = look(tmp_path / "a.zip")
    assert (len(walked.items), walked.skipped) == (600, [])


# -- names that lead elsewhere ------------------------------------------------------------------------------------

NAMES = [
    "../../evil.mbox", "/etc/evil.mbox", "..\\..\\evil.mbox", "C:\\evil.mbox", "a/../../evil.mbox", "evil\x00.mbox",
    "evil\u202exobm.mbox", "CON", "nul.mbox", "evil.mbox/", "~/evil.mbox", "-rf.mbox", "$(touch evil).mbox",
    "evil\n.mbox",
]  # fmt: skip


@pytest.mark.parametrize("large", [False, True], ids=["in memory", "unpacked"])
def test_names_in_a_zip_lead_nowhere(large: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk, "_INLINE", 0 if large else 1 << 20)
    inside = tmp_path / "x" / "y"
    inside.mkdir(parents=True)
    data = BOX if large else MESSAGE
    (inside / "a.zip").write_bytes(zipped([(name, data) for name in NAMES]))
    monkeypatch.chdir(inside)
    walked = look(inside / "a.zip")
    expected = data.partition(b"\n")[2] if large else data
    assert [one.read() for one in walked.items] == [expected] * len(walked.items)
    assert len(walked.items) >= len(NAMES) - 2  # a name that ends with / is a folder
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "a.zip"]
    assert all(path.parent == inside / "scratch" for path in written)
    assert not any("evil" in path.name for path in written)


def test_names_of_archives_are_kept_as_text_and_no_more(firm: Firm, tmp_path_factory: Any) -> None:
    folder = tmp_path_factory.mktemp("archive")
    (folder / "a.zip").write_bytes(zipped([("../../<script>alert(1)</script>.eml", MESSAGE)]))
    with ReaderPool(workers=1) as readers:
        report = run_import(begin_run([folder / "a.zip"], now=NOW), readers=readers, clock=lambda: NOW)
    assert report.imported == 1
    assert Copy.objects.get().source == "a.zip/../../<script>alert(1)</script>.eml"
    assert [path.name for path in folder.iterdir()] == ["a.zip"]
