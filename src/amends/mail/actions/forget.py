"""Forgetting messages: their bytes, their words, what rests on them; and what is left of their conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Max, Min

from amends.clients.actions.forget import remember_erased
from amends.clients.queries import Trace
from amends.firm.words import holding
from amends.mail.actions.search import Indexed, unindex
from amends.mail.actions.threads import lock_firm
from amends.mail.models import Account, Copy, ImportRun, Message, Remote, RunState, Thread
from amends.mail.raw import raw_store
from amends.mail.rules import subject_key


def forget_messages(messages: Sequence[int], words: Mapping[int, Indexed], *, now: datetime) -> set[int]:
    """Take these messages (keys) away with all that rests on them; returns the keys of their conversations.

    `words` are those that the full-text index knows of them. Bytes go first and rows after them: killed in between, the
    rows are still there to say what is to be done. One transaction.
    """
    with transaction.atomic():
        lock_firm()
        rows = Message.objects.filter(pk__in=messages)
        found = list(rows.values_list("pk", "thread_id", "raw", "fingerprint"))
        remember_erased((Trace("message", fingerprint) for *_, fingerprint in found), now=now)
        copies = Copy.objects.filter(message__in=messages)
        _forget_sources(set(copies.values_list("source", flat=True)))
        gone = {*copies.values_list("raw", flat=True), *(raw for _, _, raw, _ in found)}
        Remote.objects.filter(sha256__in=gone).exclude(reason="").update(reason="")
        raw_store().remove(gone)
        unindex({number: words[number] for number, *_ in found if number in words})
        rows.delete()
    return {thread for _, thread, _, _ in found}


def _forget_sources(sources: set[str]) -> None:
    """The names under which an import set messages aside may say who wrote them."""
    for run in ImportRun.objects.exclude(report={}):
        aside = run.report.get("set_aside", [])
        kept = [one if one["source"] not in sources else {"source": "erased", "reason": "erased"} for one in aside]
        if kept != aside:
            run.report["set_aside"] = kept
            run.save(update_fields=["report"])


def settle_conversations(threads: Sequence[int], *, now: datetime) -> None:
    """Count what is left of these conversations (keys) anew; one of which nothing is left goes. One transaction."""
    with transaction.atomic():
        lock_firm()
        left = {
            row["thread"]: row
            for row in Message.objects.filter(thread__in=threads)
            .order_by()
            .values("thread")
            .annotate(count=Count("pk"), first=Min("pk"), last_at=Max("sent_at"), placed=Max("client"))
        }
        Thread.objects.filter(pk__in=[thread for thread in threads if thread not in left]).delete()
        for message in Message.objects.filter(pk__in=[row["first"] for row in left.values()]):
            row = left[message.thread_id]
            Thread.objects.filter(pk=message.thread_id).update(
                subject=message.subject, base_key=subject_key(message.subject), first_at=message.sent_at,
                last_at=row["last_at"], message_count=row["count"], client=message.client_id or row["placed"],
                touched_at=now,
            )  # fmt: skip


def forget_archives(words: Sequence[str]) -> None:
    """Take names of archives out of the list of imports where they hold one of these words."""
    for run in ImportRun.objects.filter(state__in=[RunState.DONE, RunState.FAILED]):
        held = f"{run.label} {run.sources} {run.problem} {run.report}".casefold()
        if any(word.casefold() in held for word in words):
            run.label, run.sources, run.problem = "an archive", [], ""
            run.report["set_aside"] = [
                {"source": "erased", "reason": one["reason"]} for one in run.report.get("set_aside", [])
            ]
            run.save(update_fields=["label", "sources", "problem", "report"])


def forget_remotes(words: Sequence[str]) -> None:
    """Take out of what is said of mail servers, and of single messages there, whatever holds one of these words."""
    Remote.objects.filter(holding(words, text=["reason"])).update(reason="")
    Account.objects.filter(holding(words, text=["problem"])).update(problem="")
