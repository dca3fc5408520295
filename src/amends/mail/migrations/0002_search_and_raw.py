"""Full-text index and, on PostgreSQL, the raw store: what Django's models cannot say."""

from __future__ import annotations

from typing import Any

from django.db import migrations

_SQLITE = """
CREATE VIRTUAL TABLE mail_search USING fts5
    (subject, people, text, content='', tokenize='unicode61 remove_diacritics 2')
"""
_POSTGRESQL = """
CREATE TABLE mail_search (
    message_id bigint PRIMARY KEY,
    firm_id bigint NOT NULL,
    vector tsvector NOT NULL
);
CREATE INDEX mail_search_vector ON mail_search USING gin (vector);
CREATE INDEX mail_search_newest ON mail_search (firm_id, message_id DESC);
CREATE TABLE mail_raw (
    firm_id bigint NOT NULL,
    sha256 char(64) NOT NULL,
    chunk integer NOT NULL,
    size bigint NOT NULL,
    data bytea NOT NULL,
    PRIMARY KEY (firm_id, sha256, chunk)
);
ALTER TABLE mail_raw ALTER COLUMN data SET STORAGE EXTERNAL; -- it is compressed already
"""


def _create(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(_SQLITE if schema_editor.connection.vendor == "sqlite" else _POSTGRESQL)


def _drop(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE mail_search")
    if schema_editor.connection.vendor != "sqlite":
        schema_editor.execute("DROP TABLE mail_raw")


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial"), ("firm", "0001_initial")]
    operations = [migrations.RunPython(_create, _drop)]
