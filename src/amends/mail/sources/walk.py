"""Walking a path that a person dropped: which archives are in it, in what order."""

from __future__ import annotations

import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from amends.mail.parsing import outlook
from amends.mail.sources.items import Item, NotMail, Skipped
from amends.mail.sources.mbox import is_mbox, mbox_items

_HEAD = 4096
_HEADER = re.compile(rb"\A(?:\xef\xbb\xbf)?\s{0,8}(?:>?From [^\n]*\n)?[!-9;-~]{1,80}[ \t]*:[^\n]*\n")
_SEALED = {
    ".pst": "an Outlook data file", ".ost": "an Outlook data file", ".olm": "an archive of Outlook for Mac",
    ".dbx": "a folder of Outlook Express", ".nsf": "a Notes database",
}  # fmt: skip
_MESSAGE_SUFFIXES = {".eml", ".emlx", ".mime"}
_MAILDIR_SKIPS = {
    "trash": "in the trash folder",
    "deleted items": "in the trash folder",
    "junk": "in the spam folder",
    "spam": "in the spam folder",
    "drafts": "a draft, not sent",
}
_ZIP_LIMIT = 1 << 30  # a member above this size that shrinks more than _ZIP_RATIO times is a trap
_ZIP_RATIO = 200
_ZIP_DEPTH = 3  # zips within zips
_BOMB = "far larger than it looks: perhaps a zip bomb"
_SPARE = 1 << 30  # bytes that unpacking leaves free on the disk
_INLINE = 4 << 20
_UNPACKED = (b"PK\x03\x04", outlook.MAGIC)  # what is looked into as a file


class _Budget:
    """How much one archive may still unpack to, all zips within it together: however its members are packed, nested
    or laid over one another, it is no more than `_ZIP_RATIO` times the archive, or `_ZIP_LIMIT` for a small one."""

    def __init__(self, archive: int) -> None:
        self._left = max(_ZIP_LIMIT, _ZIP_RATIO * archive)

    def take(self, size: int) -> bool:
        """Whether `size` more bytes are allowed; once they are not, no smaller ones are either."""
        self._left = self._left - size if size <= self._left else -1
        return self._left >= 0


def open_source(path: Path, *, scratch: Path) -> Iterator[Item | Skipped]:
    """Each message under `path`, in a fixed order. Large members of zips are unpacked to
    `scratch`, which the caller removes when it is done with the items.

    Raises `NotMail` where `path` itself is missing or no mail at all; inside a folder or zip, what is not mail is
    yielded as `Skipped`.
    """
    if not path.exists():
        message = f"{path} is not there: check the path."
        raise NotMail(message)
    if path.is_dir():
        inside = _folder(path, str(path.name or path), scratch)
        if (anything := next(inside, None)) is None:
            message = f"{path} is empty: there is no mail in it."
            raise NotMail(message)
        yield anything
        yield from inside
        return
    if path.stat().st_size == 0:
        message = f"{path} is empty: there is no mail in it."
        raise NotMail(message)
    found = _file(path, path.name, scratch)
    first = next(found, None)
    if isinstance(first, Skipped) and first.source == path.name:
        what = "an mbox, a Maildir, .eml or .msg files, or a folder or zip of them"
        message = f"{path} is {first.reason}" + ("." if sealed(b"", path.name) else f": give {what}.")
        raise NotMail(message)
    if first is not None:
        yield first
    yield from found


def total_bytes(paths: list[Path]) -> int:
    """The size of all files under `paths`, for a progress bar."""
    total = 0
    for path in paths:
        files = path.rglob("*") if path.is_dir() else [path]
        real = (file for file in files if file.is_file() and (file == path or not file.is_symlink()))
        total += sum(file.stat().st_size for file in real)
    return total


def _file(
    path: Path, label: str, scratch: Path, depth: int = 0, budget: _Budget | None = None
) -> Iterator[Item | Skipped]:
    """Whatever the file is, by its content."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if reason := sealed(head, path.name):
        yield Skipped(label, reason)
    elif head.startswith(b"PK\x03\x04"):
        if depth < _ZIP_DEPTH:
            yield from _zip(path, label, scratch, depth, budget or _Budget(size))
        else:
            yield Skipped(label, "a zip too deep inside other zips")
    elif is_mbox(head):
        yield from mbox_items(path, label)
    elif head.startswith(outlook.MAGIC):
        reason = outlook.why_not_mail(path)
        yield Skipped(label, reason) if reason else Item(path, 0, size, label)
    elif _is_message(head, path.name):
        yield Item(path, 0, size, label)
    else:
        yield Skipped(label, "not a mail file")


def _folder(path: Path, label: str, scratch: Path) -> Iterator[Item | Skipped]:
    parts = [(path / name).is_dir() for name in ("cur", "new")]
    maildir = all(parts) or (any(parts) and path.name.startswith("."))  # Maildir++ names its folders so
    if maildir:
        yield from _maildir(path, label)
    for child in sorted(path.iterdir()):
        name = f"{label}/{child.name}"
        if child.is_symlink():
            yield Skipped(name, "a link to another place")
        elif child.is_dir():
            if not (maildir and child.name in {"cur", "new", "tmp"}):
                yield from _folder(child, name, scratch)
        elif child.is_file() and not _housekeeping(child.name):
            yield from (_file(child, name, scratch) if child.stat().st_size else [Skipped(name, "an empty file")])


def _maildir(path: Path, label: str) -> Iterator[Item | Skipped]:
    """Messages of a Maildir (cur and new; tmp is unfinished mail). Flags T and D are trash and drafts."""
    reason = _MAILDIR_SKIPS.get(path.name.lstrip(".").rpartition(".")[2].lower())
    for part in ("cur", "new"):
        for file in sorted((path / part).iterdir()) if (path / part).is_dir() else []:
            if not file.is_file() or file.is_symlink():
                continue
            name = f"{label}/{part}/{file.name}"
            flags = file.name.rpartition(":2,")[2] if ":2," in file.name else ""
            if reason or "T" in flags or "D" in flags:
                yield Skipped(name, reason or ("in the trash folder" if "T" in flags else "a draft, not sent"))
            else:
                yield Item(file, 0, file.stat().st_size, name)


def _zip(path: Path, label: str, scratch: Path, depth: int, budget: _Budget) -> Iterator[Item | Skipped]:
    try:
        archive = zipfile.ZipFile(path)
    except zipfile.BadZipFile:
        yield Skipped(label, "a damaged zip")
        return
    with archive:
        if sum(member.compress_size for member in archive.infolist()) > path.stat().st_size:
            yield Skipped(label, "a zip whose members lie over one another, perhaps a zip bomb")
            return
        for member in sorted(archive.infolist(), key=lambda entry: entry.filename):
            name = f"{label}/{member.filename}"
            if (
                member.is_dir()
                or _housekeeping(PurePosixPath(member.filename).name)
                or member.filename.startswith("__MACOSX/")
            ):
                continue
            if not member.file_size:
                yield Skipped(name, "an empty file")
            elif member.file_size > _ZIP_LIMIT and member.file_size > _ZIP_RATIO * max(member.compress_size, 1):
                yield Skipped(name, _BOMB)
            elif member.flag_bits & 1:
                yield Skipped(name, "locked with a password")
            elif not budget.take(member.file_size):
                yield Skipped(name, _BOMB)
            else:
                yield from _member(archive, member, name, scratch, depth, budget)


def _member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, scratch: Path, depth: int, budget: _Budget
) -> Iterator[Item | Skipped]:
    """One member: held in memory where it is one small message, else unpacked to `scratch` under a name of ours.

    A path inside a zip is never trusted, and never used.
    """
    try:
        with archive.open(member) as source:
            head = source.read(_HEAD)
            if (
                member.file_size <= _INLINE
                and not is_mbox(head)
                and not head.startswith((b"PK\x03\x04", outlook.MAGIC))
            ):
                data = head + source.read()
                if reason := sealed(head, member.filename):
                    yield Skipped(name, reason)
                elif _is_message(head, member.filename):
                    yield Item(Path(member.filename), 0, len(data), name, data=data)
                else:
                    yield Skipped(name, "not a mail file")
                return
            scratch.mkdir(parents=True, exist_ok=True)
            if shutil.disk_usage(scratch).free < member.file_size + _SPARE:
                yield Skipped(name, "too large to unpack on this disk: make room, and bring it in again")
                return
            handle, file = tempfile.mkstemp(dir=scratch, suffix=PurePosixPath(member.filename).suffix[:8])
            with open(handle, "wb") as target:  # noqa: PTH123 (a file descriptor)
                target.write(head)
                shutil.copyfileobj(source, target, 1 << 20)
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, EOFError) as error:
        yield Skipped(name, f"damaged in the zip ({error})")
        return
    yield from _file(Path(file), name, scratch, depth + 1, budget)


def sealed(head: bytes, name: str) -> str:
    """Why an archive of a mail program cannot be read, and what to do; "" for any other file."""
    suffix = PurePosixPath(name).suffix.lower()
    what = _SEALED.get(suffix) or (_SEALED[".pst"] if head.startswith(b"!BDN") else "")
    file = PurePosixPath(name).name
    return f"{what} ({file}) that Amends cannot read; export its mail as mbox or .eml, and import that" if what else ""


def _is_message(head: bytes, name: str) -> bool:
    return bool(_HEADER.match(head)) or PurePosixPath(name).suffix.lower() in _MESSAGE_SUFFIXES


def _housekeeping(name: str) -> bool:
    """Files that mail programs and systems keep beside mail."""
    return name.startswith((".", "dovecot", "courierimap", "maildirfolder")) or name in {
        "Thumbs.db",
        "desktop.ini",
        "subscriptions",
    }
