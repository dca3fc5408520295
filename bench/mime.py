"""Hard MIME messages and a real archive read by five readers: what each fails on, loses and garbles, and its time.

Run: python -m bench mime [folder or mbox]... [--verbose]. A file in a folder is taken for a message when one of its
first lines is a header field that messages have; files of several messages are left out.

No truth was written for these files, so each reader is held to what the others found in the same file:

- exception: it raised while parsing, or while its text and subject were read.
- no body: it found no text where another reader found at least 20 characters of it outside of attachments; lines of
  MIME itself (delimiters and fields of parts, shown by readers that did not understand them) are no text.
- wrong charset: its text or subject holds replacement or control characters, lone surrogates, escape sequences, UTF-8
  read as Latin, or encoded words left as they are, while another reader found text without any of that.

A row that excels in one column by failing in another shows: a message with an exception counts in the first only.
"fast first" is the way not taken: fast-mail-parser, and compat32 where it raises, warns of a repair or finds no text.
"""

from __future__ import annotations

import email
import mailbox
import re
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from email.message import EmailMessage, Message
from email.policy import compat32, default
from pathlib import Path
from statistics import median
from typing import NamedTuple

from amends.mail.parsing import parse
from bench.plain import header
from bench.table import show, skipped

DATA = Path(__file__).parents[1].parent / "shared" / "data"
SOURCES = [DATA / "mime", DATA / "mail" / "lists-and-ham.mbox"]
ROUNDS = 3
ENOUGH = 20  # characters of text that prove a body
_HEAD = re.compile(
    rb"(?:From .*\r?\n)?(?:[!-9;-~]+:.*(?:\r?\n[ \t].*)*\r?\n){0,6}?"
    rb"(?:from|to|subject|date|received|message-id|mime-version|content-type|return-path)[ \t]*:",
    re.I,
)
_BOX = re.compile(rb"^From \S+.*\d{4}\r?$", re.M)
_MIME_LINE = re.compile(r"^(?:--|Content-).*$", re.I | re.M)
_TAG = re.compile(r"<(style|script|head)\b.*?</\1>|<[^>]*>", re.I | re.S)
_GARBLED = re.compile(
    "[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufffd\ud800-\udfff]|\u00c3[\u0080-\u00bf]|\u00e2\u20ac|\u00ef\u00bf\u00bd|=\\?[\\w-]+\\?[bq]\\?",
    re.I,
)


class Reading(NamedTuple):
    """What a reader makes of a message, markup taken out."""

    text: str
    subject: str


Reader = Callable[[bytes], Reading]


def plain(markup: str) -> str:
    """Markup without its tags, by one rule for all readers."""
    return _TAG.sub(" ", markup)


def by_compat32(raw: bytes) -> Reading:
    """The standard library as it is by default, with the usual loop over its parts and errors of charsets caught."""
    message = email.message_from_bytes(raw, policy=compat32)
    found = list(_texts(message, "text/plain")) or [plain(text) for text in _texts(message, "text/html")]
    return Reading("\n".join(found), header(message, "subject"))


def _texts(message: Message, kind: str) -> Iterator[str]:
    for part in message.walk():
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                try:
                    yield payload.decode(part.get_content_charset() or "utf-8", "replace")
                except LookupError:
                    yield payload.decode("latin-1")


def by_default_policy(raw: bytes) -> Reading:
    """The standard library's newer interface."""
    message = email.message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain", "html"))
    text = str(body.get_content()) if body else ""
    html = body is not None and body.get_content_type() == "text/html"
    return Reading(plain(text) if html else text, str(message.get("subject", "")))


def by_amends(raw: bytes) -> Reading:
    """Our own, with all that it does besides: segments, kinds, dates, people."""
    message = parse(raw)
    return Reading(message.text, message.subject)


def by_fast_mail_parser(raw: bytes) -> Reading:
    """fast-mail-parser alone."""
    return _fast(raw)[0]


def fast_first(raw: bytes) -> Reading:
    """fast-mail-parser, and compat32 where that one raises, warns or finds no text."""
    try:
        reading, warned = _fast(raw)
    except Exception:
        return by_compat32(raw)
    return by_compat32(raw) if warned or not reading.text.strip() else reading


def _fast(raw: bytes) -> tuple[Reading, bool]:
    from fast_mail_parser import parse_email

    mail = parse_email(raw)
    found = list(mail.text_plain) or [plain(text) for text in mail.text_html]
    return Reading("\n".join(found), mail.subject or ""), bool(mail.warnings)


READERS: dict[str, Reader] = {
    "email, default policy": by_default_policy,
    "email, compat32": by_compat32,
    "fast-mail-parser": by_fast_mail_parser,
    "fast first, then compat32": fast_first,
    "amends": by_amends,
}


def messages(source: Path) -> Iterator[tuple[str, bytes]]:
    """The messages of an mbox, or the files under a folder that are one message each; with their names."""
    if source.is_file():
        box = mailbox.mbox(source, create=False)
        for key in box.iterkeys():
            yield f"{source.name} {key}", box.get_bytes(key)
        return
    for path in sorted(source.rglob("*")):
        if path.is_file():
            raw = path.read_bytes()
            if _HEAD.match(raw.lstrip(b"\r\n").removeprefix(b"\xef\xbb\xbf")) and len(_BOX.findall(raw)) < 2:
                yield str(path.relative_to(source)), raw


def read(reader: Reader, raw: bytes) -> tuple[Reading | None, float]:
    """The reading, None when it raised, and the best CPU time of some rounds in microseconds."""
    best = float("inf")
    reading: Reading | None = None
    for _ in range(ROUNDS):
        begin = time.process_time_ns()
        try:
            reading = reader(raw)
        except Exception:
            reading = None
        best = min(best, (time.process_time_ns() - begin) / 1000)
    return reading, best


def faults(readings: dict[str, Reading | None]) -> dict[str, str]:
    """By reader, what is wrong with its reading of one message; readers with nothing wrong are not in it."""
    whole = [r for r in readings.values() if r is not None]
    has_body = any(len("".join(_MIME_LINE.sub("", r.text).split())) >= ENOUGH for r in whole)
    clean = any(r.text.strip() and not _GARBLED.search(f"{r.text} {r.subject}") for r in whole)
    out: dict[str, str] = {}
    for name, reading in readings.items():
        if reading is None:
            out[name] = "exception"
        elif has_body and not reading.text.strip():
            out[name] = "no body"
        elif clean and _GARBLED.search(f"{reading.text} {reading.subject}"):
            out[name] = "wrong charset"
    return out


def main(arguments: list[str]) -> int:
    """Print a table for each source; with --verbose each fault as well."""
    warnings.simplefilter("ignore")
    sources = [Path(each) for each in arguments if not each.startswith("-")] or SOURCES
    for source in sources:
        if source.exists():
            _table(source, verbose="--verbose" in arguments)
        else:
            skipped(f"mime, {source.name}", "it is not there")
    return 0


def _table(source: Path, *, verbose: bool) -> None:
    count = {name: {"exception": 0, "no body": 0, "wrong charset": 0} for name in READERS}
    times: dict[str, list[float]] = {name: [] for name in READERS}
    for path, raw in messages(source):
        found = {name: read(reader, raw) for name, reader in READERS.items()}
        for name, (_, spent) in found.items():
            times[name].append(spent)
        for name, fault in faults({name: reading for name, (reading, _) in found.items()}).items():
            count[name][fault] += 1
            if verbose:
                print(f"{fault:14} {name:26} {path}")
    show(
        f"{source.name}: {len(times['amends']):,} messages",
        ["reader", "exceptions", "no body", "wrong charset", "median µs"],
        [[name, *map(str, count[name].values()), f"{median(times[name] or [0]):,.0f}"] for name in READERS],
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
