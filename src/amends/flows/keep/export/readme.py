"""The README of an export: what each file is, for whoever finds it in ten years."""

from __future__ import annotations

from datetime import datetime

from amends import __version__
from amends.flows.keep.export.rows import LEFT_OUT, TABLES

_HEAD = """# {firm}: everything out of Amends

Written at {at} by Amends {version}. Nothing here is encrypted: keep it as you keep your mail.

All text is UTF-8. `.jsonl` is JSON Lines: one object a line, exact. `.csv` is the same as a table (RFC 4180), without
what does not fit into a cell. There a cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return (white space
before it does not count) has an apostrophe before it, so that no spreadsheet computes it: take the `.jsonl` where text
must be exact. Rows name each other by `id`. Times are ISO 8601 with their zone, days are days.

| file | holds |
|---|---|
"""
_FILES = {
    "`mail/NN-ADDRESS.mbox`": (
        "the mail of one mailbox, in the order in which it came; mboxrd: a line of a message that is `From ` after any"
        " number of `>` has one `>` more"
    ),
    "`mail/NN-ADDRESS/SHA256.eml`": (
        "messages that an mbox cannot hold byte for byte: without a line end at their end, without a header at their"
        " beginning, or with a line of more than half a megabyte"
    ),
    "`contacts.vcf`": "people at clients, as vCard 3.0",
    "`settings.json`": "the firm: time zone, working hours, currency, own domains",
}
_TAIL = """
Not here: {left_out}. Passwords, keys, sessions, tokens and the words of background jobs are never exported.

To read the mail again: `amends import mail/NN-ADDRESS.mbox --mailbox ADDRESS`, or any mail program. To check it:
`sha256` in `messages.jsonl` is that of each message's bytes, after unquoting.
"""


def text(*, firm: str, at: datetime) -> str:
    """The whole README."""
    tables = {
        ", ".join(f"`{name}`" for name in table.files): table.says
        for table in sorted(TABLES, key=lambda table: table.name)
    }
    rows = [f"| {names} | {says} |" for names, says in (_FILES | tables).items()]
    why = "; ".join(sorted(f"{name} ({reason})" for name, reason in LEFT_OUT.items()))
    head = _HEAD.format(firm=firm, at=at.isoformat(timespec="seconds"), version=__version__)
    return head + "\n".join(rows) + "\n" + _TAIL.format(left_out=why)
