"""The plainest import that one would write in Python: `mailbox`, `email`, SQLite and FTS5, in one process.

    python bench/plain.py ARCHIVE DATABASE

It reads each message under the policy compat32, takes its plain text (or its HTML without tags), and writes headers,
raw bytes and words. It threads nothing, strips no quotes, knows no people, and does not look at what it has already.
"""

from __future__ import annotations

import email
import mailbox
import re
import sqlite3
import sys
from email.header import decode_header, make_header
from email.message import Message
from email.policy import compat32

_TABLES = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;
CREATE TABLE message (id INTEGER PRIMARY KEY, message_id TEXT, sender TEXT, recipients TEXT, subject TEXT, date TEXT,
                      raw BLOB, text TEXT);
CREATE INDEX message_by_id ON message (message_id);
CREATE VIRTUAL TABLE words USING fts5(subject, people, text, content='', tokenize='unicode61 remove_diacritics 2');
"""


def header(message: Message, name: str) -> str:
    """A header, decoded where it can be."""
    value = str(message.get(name, ""))
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, UnicodeError, ValueError):
        return value


def text_of(message: Message) -> str:
    """All of its text: plain parts, else HTML without tags."""
    parts = [part for part in message.walk() if part.get_content_type() == "text/plain" and not part.get_filename()]
    html = not parts
    parts = parts or [part for part in message.walk() if part.get_content_type() == "text/html"]
    found = []
    for part in parts:
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes):
            try:
                found.append(payload.decode(part.get_content_charset() or "utf-8", "replace"))
            except LookupError:
                found.append(payload.decode("latin-1"))
    text = "\n".join(found)
    return re.sub(r"<[^>]+>", " ", text) if html else text


def clean(value: object) -> object:
    """Without lone surrogates, which SQLite refuses."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value


def main(archive: str, database: str) -> int:
    """Import the whole archive; returns how many messages there were."""
    link = sqlite3.connect(database)
    link.executescript(_TABLES)
    box = mailbox.mbox(archive, create=False)
    number = 0
    for number, key in enumerate(box.iterkeys(), start=1):
        raw = box.get_bytes(key)
        message = email.message_from_bytes(raw, policy=compat32)
        sender, to, subject = header(message, "From"), header(message, "To"), header(message, "Subject")
        text = text_of(message)
        row = (number, str(message.get("Message-ID", "")), sender, to, subject, str(message.get("Date", "")), raw, text)
        link.execute("INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [clean(value) for value in row])
        link.execute(
            "INSERT INTO words (rowid, subject, people, text) VALUES (?, ?, ?, ?)",
            (number, clean(subject), clean(f"{sender} {to}"), clean(text)),
        )
        if number % 200 == 0:
            link.commit()
    link.commit()
    return number


if __name__ == "__main__":
    print(main(sys.argv[1], sys.argv[2]))
