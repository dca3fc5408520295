"""Keeping the full-text index: SQLite's FTS5, or a tsvector on PostgreSQL. Reading it: `mail.queries.search`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
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


Indexed = Mapping[str, str]
"""The words under which one message can be found, by column of the index; PostgreSQL needs none to forget it."""


def indexed(messages: Iterable[int]) -> dict[int, Indexed]:
    """What the index holds of these messages (keys): those that are not in it are left out.

    SQLite's index keeps no text, and forgets a message only when it is told its words: they are read from the index
    itself, since what a newer version reads from the same bytes may be other words. Costs one pass over the index.
    """
    wanted = sorted(messages)
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            return {number: {} for number in wanted}
        cursor.execute("CREATE TEMP TABLE IF NOT EXISTS mail_search_wanted (id INTEGER PRIMARY KEY)")
        cursor.execute("DELETE FROM temp.mail_search_wanted")
        cursor.executemany("INSERT INTO temp.mail_search_wanted VALUES (%s)", [(number,) for number in wanted])
        cursor.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS temp.mail_search_terms USING fts5vocab(main, mail_search, instance)"
        )
        cursor.execute("SELECT id FROM mail_search_docsize WHERE id IN (SELECT id FROM temp.mail_search_wanted)")
        words: dict[int, dict[str, list[str]]] = {row[0]: defaultdict(list) for row in cursor.fetchall()}
        cursor.execute(
            "SELECT doc, col, term FROM temp.mail_search_terms WHERE doc IN (SELECT id FROM temp.mail_search_wanted)"
        )
        while rows := cursor.fetchmany(5000):
            for number, column, term in rows:
                words[number][column].append(term)
        cursor.execute("DROP TABLE temp.mail_search_terms")
        cursor.execute("DELETE FROM temp.mail_search_wanted")
    return {number: {name: " ".join(each) for name, each in found.items()} for number, found in words.items()}


def unindex(messages: Mapping[int, Indexed]) -> None:
    """These messages are found no more. `messages` is what `indexed` said of them."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(
                "INSERT INTO mail_search (mail_search, rowid, subject, people, text) VALUES ('delete', %s, %s, %s, %s)",
                [
                    (number, words.get("subject", ""), words.get("people", ""), words.get("text", ""))
                    for number, words in sorted(messages.items())
                ],
            )
        else:
            cursor.execute(
                "DELETE FROM mail_search WHERE firm_id = %s AND message_id = ANY(%s)",
                (current_firm_id(), list(messages)),
            )


def settle_index() -> None:
    """Write SQLite's index anew without what was forgotten, whose words it keeps until then. Costs all of the index."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO mail_search (mail_search) VALUES ('optimize')")
