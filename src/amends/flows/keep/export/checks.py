"""What an export holds of the check: the clients' words, how the firm weighs rules, what people made of findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from amends.clients.models import GlossaryTerm
from amends.flows.keep.export.tables import Table, by_key
from amends.flows.keep.export.tables import public_id as _id
from amends.outbox.models import AvoidedWords, Reaction, RuleChoice, RuleExample


def _glossaries() -> Iterator[dict[str, Any]]:
    for row in by_key(GlossaryTerm.objects.select_related("client", "by")):
        yield {
            "id": _id(row), "client": _id(row.client), "wrong": row.wrong, "right": row.right, "why": row.why,
            "by": _id(row.by), "at": row.at,
        }  # fmt: skip


def _reactions() -> Iterator[dict[str, Any]]:
    for row in by_key(Reaction.objects.select_related("member")):
        yield {
            "id": _id(row), "draft": row.draft_key, "rule": row.rule, "family": row.family, "severity": row.severity,
            "made": row.made, "reason": row.reason, "why": row.why, "member": _id(row.member), "at": row.at,
        }  # fmt: skip


def check_settings() -> dict[str, Any]:
    """How the firm weighs the rules of the check, and what it adds to them."""
    return {
        "rules": dict(RuleChoice.objects.order_by("name").values_list("name", "choice")),
        "avoided": list(AvoidedWords.objects.order_by("pk").values("words", "instead", "choice")),
        "examples": list(RuleExample.objects.order_by("pk").values("rule", "text", "fires")),
    }


CHECKED = (
    Table("reactions", "what people made of findings of the check; the words found are not kept", _reactions,
          ("id", "draft", "rule", "family", "severity", "made", "reason", "why", "member", "at")),
    Table("glossary", "words that mail to a client does not use, and what stands for them", _glossaries,
          ("id", "client", "wrong", "right", "why", "by", "at")),
)  # fmt: skip
WEIGHED = {AvoidedWords, GlossaryTerm, Reaction, RuleChoice, RuleExample}
