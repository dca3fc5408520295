"""Finding messages by their words, in the full-text index of this database. Keeping it: `mail.actions.search`."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from amends.firm.scope import current_firm_id
from amends.mail.models import Message
from amends.mail.privacy import Reader, readable, with_thread
from amends.mail.words import plain_words


def search(reader: Reader, words: str, *, before: int | None = None, limit: int = 30) -> list[Message]:
    """Messages with all these words (a quoted phrase counts as one, a last * is a prefix), newest first."""
    found = _matching(reader, words, before=before, limit=limit)
    rows = {row.pk: row for row in with_thread(readable(reader).filter(id__in=found).select_related("client"))}
    return [rows[number] for number in found if number in rows]


_WORD = re.compile(r'"([^"]+)"|(\S+)')


def _matching(reader: Reader, words: str, *, before: int | None, limit: int) -> list[int]:
    """Keys of matching messages, newest first, from the index of this database.

    What the reader may not read is passed over in the index itself: no page is shorter for it, and no key tells of it.
    """
    terms = [(phrase or word).strip() for phrase, word in _WORD.findall(words[:500].replace("\0", " "))]
    terms = [term for term in terms if plain_words(term)]
    if not terms:
        return []
    top = before if before is not None else 1 << 62
    key = "rowid" if connection.vendor == "sqlite" else "message_id"
    allowed, values = _allowed(reader, f"mail_search.{key}")
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            found, given = "mail_search MATCH %s", [" ".join(_fts5(term) for term in terms)]
        else:
            found = f"firm_id = {current_firm_id():d} AND vector @@ to_tsquery('simple', %s)"
            given = [" & ".join(_tsquery(term) for term in terms)]
        cursor.execute(
            f"SELECT {key} FROM mail_search WHERE {found} AND {key} < %s{allowed} ORDER BY {key} DESC LIMIT %s",  # noqa: S608
            (*given, top, *values, limit),
        )
        return [row[0] for row in cursor.fetchall()]


def _allowed(reader: Reader, key: str) -> tuple[str, tuple[Any, ...]]:
    """What a query past the ORM adds so that it keeps to messages that this reader may read; `key` is a column."""
    if not reader.restricted:
        return "", ()
    try:
        rows = readable(reader).extra(where=[f"mail_message.id = {key}"])  # noqa: S610  # one of two columns of ours
        query, values = rows.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return " AND 1 = 0", ()
    return f" AND EXISTS ({query})", tuple(values)


def _fts5(term: str) -> str:
    bare = term.rstrip("*").replace('"', "")
    return f'"{bare}"' + ("*" if term.endswith("*") else "")


def _tsquery(term: str) -> str:
    joined = " <-> ".join(f"'{part}'" for part in plain_words(term))
    return f"({joined}{':*' if term.endswith('*') else ''})"
