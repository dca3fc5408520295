"""What is shown comes through the door: modules that show mail ask for it with a reader, and name no rows of mail."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import amends

SOURCE = Path(next(iter(amends.__path__)))
SHOWING = ("web", "api", "insights", "outbox", "webhooks")
PRIVATE = {"Message", "Body", "Participant", "Copy", "Traffic", "Thread", "Share", "ImportRun", "Mailbox"}
NOTICED = {"Signal", "Response", "Correction", "Tone", "IssueVector", "Promise"}
# Where rows are asked for by name all the same, and why that tells nobody of what is closed to them.
KNOWN = {
    "insights/people.py": {"Participant"},  # beside `is_readable`
    "insights/around.py": {"Response"},  # of messages that were read
    "insights/named.py": {"Mailbox"},  # its address, in the audit log, which names it already
    "insights/tones.py": {"Tone"},  # of messages that come by `readable`
    "insights/today.py": {"Signal"},  # kind, client, age and owner are everybody's; the rest beside `is_readable`
    "insights/ranking.py": {"Response"},  # who took on what is everybody's
    "insights/capital/evidence.py": {"Signal", "Promise"},  # beside `is_readable` and `may_read`
    "insights/capital/statement.py": {"Signal", "Response"},  # how long nobody owned it: its age is everybody's
    "insights/lists/mail.py": {"Thread"},  # those of which the reader may read a message
    "insights/mailboxes.py": {"Copy"},  # which bytes belong to which message; the messages come by `readable`
    "insights/promises.py": {"Promise"},  # beside `may_read`
    "insights/boundaries/parting.py": {"Promise"},  # beside `may_read`
    "insights/lists/promises.py": {"Promise"},  # beside `may_read`
    "insights/conversation.py": {"Response"},  # of messages that were read
}
SYSTEMS = {"SYSTEM", "unjudged", "touched_threads", "letters_of", "left_to_judge", "active_days", "all_active_days",
           "known_copies", "has_copies"}  # fmt: skip


def _modules() -> Iterator[tuple[str, ast.Module]]:
    for part in SHOWING:
        for path in sorted((SOURCE / part).rglob("*.py")):
            name = str(path.relative_to(SOURCE))
            if "migrations" not in name and path.name not in {"models.py", "actions.py"}:
                yield name, ast.parse(path.read_text(encoding="utf-8"))


MODULES = dict(_modules())


def _rows_named(tree: ast.Module) -> set[str]:
    """Models whose manager is used."""
    return {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"objects", "_default_manager", "_base_manager"}
        and isinstance(node.value, ast.Name)
    }


def _imported(tree: ast.Module, module: str) -> set[str]:
    return {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(module)
        for alias in node.names
    }


@pytest.mark.parametrize("name", MODULES)
def test_rows_of_mail_are_not_asked_for_past_the_door(name: str) -> None:
    assert _rows_named(MODULES[name]) & (PRIVATE | NOTICED) <= KNOWN.get(name, set())


def test_every_exception_is_needed() -> None:
    assert {name: _rows_named(MODULES[name]) & (PRIVATE | NOTICED) for name in KNOWN} == KNOWN


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith(("web/", "api/"))])
def test_pages_never_ask_as_the_system(name: str) -> None:
    assert _imported(MODULES[name], "amends.mail") & SYSTEMS == set()
