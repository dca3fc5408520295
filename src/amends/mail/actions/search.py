"""Keeping the full-text index: SQLite's FTS5, or a tsvector on PostgreSQL. Reading it: `mail.queries.search`."""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter

from django.db import connection

from amends.firm.scope import current_firm_id
from amends.mail.parsing import ParsedMessage
from amends.mail.words import plain_words

INDEXED = 200_000  # characters of a message's text that can be found


def index_messages(messages: Iterable[tuple[int, ParsedMessage]]) -> None:
    """Make messages (key, content) findable by their subject, people, attachments' names and words.

    In the order of their keys: FTS5 writes its pending terms out whenever a key is smaller than the one before.
    """
    rows = [
        (
            number,
            parsed.subject,
            " ".join(f"{address.name} {address.email}" for address in parsed.addresses),
            "\n".join([parsed.text[:INDEXED], *(part.name for part in parsed.attachments)]),
        )
        for number, parsed in sorted(messages, key=itemgetter(0))
    ]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany("INSERT INTO mail_search (rowid, subject, people, text) VALUES (%s, %s, %s, %s)", rows)
        else:
            cursor.executemany(
                "INSERT INTO mail_search (message_id, firm_id, vector) VALUES (%s, %s, to_tsvector('simple', %s))",
                [
                    (number, current_firm_id(), " ".join(plain_words("\n".join((subject, people, text)))))
                    for number, subject, people, text in rows
                ],
            )
