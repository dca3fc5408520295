"""What an export holds of the ledger: every posting, and every version of the policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from amends.capital.models import PolicyVersion, Posting
from amends.flows.keep.export.tables import Table, by_key
from amends.flows.keep.export.tables import public_id as _id


def _postings() -> Iterator[dict[str, Any]]:
    for row in by_key(Posting.objects.select_related("client", "policy")):
        yield {
            "id": _id(row), "client": _id(row.client), "key": row.key, "turn": row.turn, "kind": row.kind,
            "policy": row.policy.number, "amount": row.amount, "strength": row.strength, "speaker": row.speaker,
            "cause": row.cause, "engagement": row.engagement, "evidence_kind": row.evidence_kind,
            "evidence_id": row.evidence_id, "effective_at": row.effective_at, "recorded_at": row.recorded_at,
        }  # fmt: skip


def _policies() -> Iterator[dict[str, Any]]:
    for row in by_key(PolicyVersion.objects.all()):
        yield {"number": row.number, "half_life": row.half_life, "why": row.why, "by": row.by, "at": row.at,
               "text": row.text}  # fmt: skip


LEDGER = (
    Table("postings", "every line of every account; amounts in hundredths of a point, odd turns take back", _postings,
          ("id", "client", "key", "turn", "kind", "policy", "amount", "strength", "speaker", "cause", "engagement",
           "evidence_kind", "evidence_id", "effective_at", "recorded_at")),
    Table("policies", "every version of the capital policy, as TOML", _policies,
          ("number", "half_life", "why", "by", "at", "text")),
)  # fmt: skip
LEDGERED = {PolicyVersion, Posting}
"""Models whose rows are in these files."""
