"""What people drop: folders, Maildirs, single messages, zips; told apart by content, nothing left out silently."""

from __future__ import annotations

import io
import struct
import zipfile
from pathlib import Path

import pytest

from amends.mail.sources import Item, NotMail, Skipped, open_source, total_bytes

MESSAGE = b"From: a@x.example\r\nSubject: one\r\n\r\nHello.\r\n"
BOX = b"From a@x Mon Mar 16 10:00:00 2026\n" + MESSAGE.replace(b"\r\n", b"\n")


def walk(path: Path) -> tuple[dict[str, bytes], dict[str, str]]:
    """Messages by where they came from, and what was left out, with its reason."""
    items: dict[str, bytes] = {}
    skipped: dict[str, str] = {}
    for one in open_source(path, scratch=path.parent / "scratch"):
        assert one.source not in {**items, **skipped}
        if isinstance(one, Item):
            items[one.source] = one.read()
        else:
            skipped[one.source] = one.reason
    return items, skipped


def put(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def zipped(path: Path, members: dict[str, bytes], **options: int) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data, **options)
    return path


def test_one_message_whatever_its_name(tmp_path: Path) -> None:
    for name in ("letter.eml", "letter", "letter.txt", "Re: Brief — für Ada.eml"):
        assert walk(put(tmp_path / name, MESSAGE)) == ({name: MESSAGE}, {})


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes.txt", b"Some notes.\nNothing more.\n"),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(100)),
        ("zeros", bytes(5000)),
        ("letter.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
        ("damaged.zip", b"PK\x03\x04" + bytes(50)),
    ],
)
def test_what_is_no_mail_says_so_and_what_to_give(tmp_path: Path, name: str, data: bytes) -> None:
    path = put(tmp_path / name, data)
    with pytest.raises(NotMail, match=r"give an mbox, a Maildir, \.eml or \.msg files, or a folder or zip of them"):
        walk(path)
    items, skipped = walk(put(tmp_path / "folder" / name, data).parent)
    assert (items, list(skipped)) == ({}, [f"folder/{name}"])


def test_what_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotMail, match="is not there"):
        walk(tmp_path / "nothing")


def test_a_folder_of_all_sorts_in_a_fixed_order(tmp_path: Path) -> None:
    root = tmp_path / "mail"
    put(root / "b" / "box", BOX + b"\n" + BOX)
    put(root / "a.eml", MESSAGE)
    put(root / "c.txt", b"notes\n")
    put(root / "empty.eml", b"")
    put(root / ".DS_Store", b"x")
    items, skipped = walk(root)
    assert list(items) == ["mail/a.eml", "mail/b/box, message 1", "mail/b/box, message 2"]
    assert skipped == {"mail/c.txt": "not a mail file", "mail/empty.eml": "an empty file"}
    assert total_bytes([root]) == 2 * len(BOX) + 1 + len(MESSAGE) + 7


def test_links_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "outside" / "secret.eml", MESSAGE)
    root = tmp_path / "mail"
    put(root / "own.eml", MESSAGE)
    (root / "link.eml").symlink_to(tmp_path / "outside" / "secret.eml")
    (root / "folder").symlink_to(tmp_path / "outside")
    (root / "loop").symlink_to(root)
    items, skipped = walk(root)
    assert list(items) == ["mail/own.eml"]
    assert set(skipped.values()) == {"a link to another place"}
    assert total_bytes([root]) == len(MESSAGE)


def test_a_maildir_with_flags_and_folders(tmp_path: Path) -> None:
    root = tmp_path / "Maildir"
    for name in ("cur/1:2,S", "new/2", "cur/3:2,ST", "cur/4:2,D", "tmp/5", ".Sent/cur/6:2,S", ".Trash/cur/7:2,S",
                 ".Clients.Junk/new/8", ".Entwürfe/cur/9:2,DS"):  # fmt: skip
        put(root / name, MESSAGE)
    put(root / "dovecot-uidlist", b"3 V1\n")
    put(root / ".Sent" / "maildirfolder", b"")
    items, skipped = walk(root)
    assert sorted(items) == ["Maildir/.Sent/cur/6:2,S", "Maildir/cur/1:2,S", "Maildir/new/2"]
    assert skipped == {
        "Maildir/cur/3:2,ST": "in the trash folder",
        "Maildir/cur/4:2,D": "a draft, not sent",
        "Maildir/.Trash/cur/7:2,S": "in the trash folder",
        "Maildir/.Clients.Junk/new/8": "in the spam folder",
        "Maildir/.Entwürfe/cur/9:2,DS": "a draft, not sent",
    }


def test_an_empty_message_in_a_maildir_is_not_lost_silently(tmp_path: Path) -> None:
    put(tmp_path / "Maildir" / "cur" / "1:2,S", b"")
    items, skipped = walk(tmp_path / "Maildir")
    assert len(items) + len(skipped) == 1


def test_an_empty_folder_holds_no_mail(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    with pytest.raises(NotMail):
        walk(tmp_path / "mail")


# -- zips ---------------------------------------------------------------------------------------------------------


def test_a_zip_of_all_sorts(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "inner", {"deep.eml": MESSAGE, "deeper/box": BOX}).read_bytes()
    path = zipped(
        tmp_path / "all.zip",
        {"a.eml": MESSAGE, "box.mbox": BOX + b"\n" + BOX, "inner.zip": inner, "notes.txt": b"notes\n", "empty.eml": b"",
         "__MACOSX/a.eml": b"x", ".hidden.eml": MESSAGE},
    )  # fmt: skip
    items, skipped = walk(path)
    assert list(items) == [
        "all.zip/a.eml", "all.zip/box.mbox, message 1", "all.zip/box.mbox, message 2", "all.zip/inner.zip/deep.eml",
        "all.zip/inner.zip/deeper/box, message 1",
    ]  # fmt: skip
    assert items["all.zip/a.eml"] == MESSAGE
    assert skipped == {"all.zip/notes.txt": "not a mail file", "all.zip/empty.eml": "an empty file"}


@pytest.mark.parametrize("name", ["../../escape.mbox", "/etc/escape.mbox", "C:\\escape.mbox", "a/../../escape.mbox"])
def test_paths_inside_a_zip_lead_nowhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "deep").mkdir()
    path = zipped(tmp_path / "deep" / "x.zip", {name: BOX})
    items, _ = walk(path)
    assert list(items.values()) == [MESSAGE.replace(b"\r\n", b"\n")]
    files = {file.name for file in tmp_path.rglob("*") if file.is_file()}
    assert not any("escape" in name for name in files)
    assert {file.parent.name for file in tmp_path.rglob("*.mbox")} <= {"scratch"}


def test_a_damaged_member_does_not_stop_the_others(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a.eml": MESSAGE, "b.eml": MESSAGE * 40, "c.eml": MESSAGE})
    data = bytearray(path.read_bytes())
    at = data.index(b"b.eml") + 12
    data[at : at + 8] = b"\xff" * 8
    path.write_bytes(data)
    items, skipped = walk(path)
    assert list(items) == ["x.zip/a.eml", "x.zip/c.eml"]
    assert skipped["x.zip/b.eml"].startswith("damaged in the zip")


def test_a_truncated_zip_says_so(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a.eml": MESSAGE})
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(NotMail, match="a damaged zip"):
        walk(path)


def test_a_locked_member_says_so(tmp_path: Path) -> None:
    path = zipped(tmp_path / "x.zip", {"a.eml": MESSAGE, "b.eml": MESSAGE})
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.index(mark) + place
        data[at : at + 2] = struct.pack("<H", 1)
    path.write_bytes(data)
    items, skipped = walk(path)
    assert (list(items), skipped) == (["x.zip/b.eml"], {"x.zip/a.eml": "locked with a password"})


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    """A member of a few bytes whose directory entry promises two gigabytes."""
    path = zipped(tmp_path / "bomb.zip", {"huge.mbox": BOX, "ok.eml": MESSAGE})
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = struct.pack("<I", 2 << 30)
    path.write_bytes(data)
    items, skipped = walk(path)
    assert (list(items), skipped) == (
        ["bomb.zip/ok.eml"], {"bomb.zip/huge.mbox": "far larger than it looks: perhaps a zip bomb"},
    )  # fmt: skip
    assert not (tmp_path / "scratch").exists()


def test_a_member_that_is_larger_than_it_says_is_damaged(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"huge.mbox": BOX * 50, "ok.eml": MESSAGE})
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(mark) + place
        data[at : at + 4] = struct.pack("<I", 60)
    path.write_bytes(data)
    items, skipped = walk(path)
    assert list(items) == ["bomb.zip/ok.eml"]
    assert skipped["bomb.zip/huge.mbox"].startswith("damaged in the zip")


def test_zips_within_zips_end(tmp_path: Path) -> None:
    """A zip in a zip in a zip …: somewhere it is enough, and that is said."""
    data = zipped(tmp_path / "core", {"a.eml": MESSAGE}).read_bytes()
    for _ in range(30):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr("inner.zip", data)
        data = held.getvalue()
    items, skipped = walk(put(tmp_path / "outer.zip", data))
    assert (items, list(skipped.values())) == ({}, ["a zip too deep inside other zips"])


def test_an_outlook_data_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir()
    (folder / "old.pst").write_bytes(b"!BDN" + bytes(600))
    (folder / "renamed.bin").write_bytes(b"!BDN" + bytes(600))
    (folder / "mac.olm").write_bytes(b"PK\x03\x04" + bytes(600))
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("in/old.pst", b"!BDN" + bytes(600))
    skipped = [each for each in open_source(folder, scratch=tmp_path / "s") if isinstance(each, Skipped)]
    assert {each.source: each.reason.partition(")")[0] for each in skipped} == {
        "mail/mac.olm": "an archive of Outlook for Mac (mac.olm",
        "mail/old.pst": "an Outlook data file (old.pst",
        "mail/renamed.bin": "an Outlook data file (renamed.bin",
    }
    assert all("export its mail as mbox or .eml" in each.reason for each in skipped)
    [zipped] = open_source(tmp_path / "all.zip", scratch=tmp_path / "s")
    assert isinstance(zipped, Skipped)
    assert "old.pst" in zipped.reason
    with pytest.raises(NotMail, match=r"old\.pst is an Outlook data file .* export its mail as mbox or \.eml"):
        list(open_source(folder / "old.pst", scratch=tmp_path / "s"))
