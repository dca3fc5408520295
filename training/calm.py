"""Real mail in which hardly anything hurts, as the check hears it: what keeps the last weights calm (`witness`).

A sample each of the sentences of business mail, of what customer care answered in public, and of replies on public
lists. Nobody has labelled them: they count as harmless, of promises in them nothing is said, and of customer care's
answers as answers that look into it.
"""

from __future__ import annotations

import json
import mailbox
import re
from collections.abc import Iterator

import numpy as np

from amends.judgement.guard import Context, Draft, Earlier
from amends.judgement.guard.view import View
from amends.judgement.guard.weighing import WHOLE
from amends.judgement.model import Model, use
from amends.judgement.model.files import GuardNumbers
from amends.judgement.model.guarding import DraftReader
from amends.judgement.model.outputs import TONES
from amends.mail.parsing import parse
from training import data
from training.crossed import JO, MARTA, Heard, weighed

_HANDLE = re.compile(r"^(?:@\w+\s+)+")
_OWN = frozenset({"firm.example"})
_MOST = 500


def _sent(text: str, asked: str) -> tuple[Draft, Context]:
    thread = (Earlier(asked, MARTA, (JO,)),) if asked else ()
    return Draft(text, JO, (MARTA,)), Context(own_domains=_OWN, thread=thread)


def requests() -> Iterator[tuple[str, str]]:
    """Sentences of business mail, each a message of its own."""
    texts = data.requests("train").texts
    yield from ((text, "") for text in texts[:: max(1, len(texts) // _MOST)])


def care() -> Iterator[tuple[str, str]]:
    """Answers of customer care, with what they answer."""
    talks = json.loads((data.ROOT / "customer_care" / "dev.json").read_text(encoding="utf-8"))
    found = []
    for talk in talks:
        before = ""
        for each in talk["dialogContent"]:
            said = " ".join(each.values()) if len(each) == 1 else str(each.get("message", ""))
            if "agent" in each and before:
                found.append((_HANDLE.sub("", said), _HANDLE.sub("", before)))
            before = "" if "agent" in each else said
    yield from found[:: max(1, len(found) // _MOST)]


def lists() -> Iterator[tuple[str, str]]:
    """Replies on public lists, with what they answer."""
    texts: dict[str, str] = {}
    replies: list[tuple[str, str]] = []
    for raw in mailbox.mbox(data.ROOT / "mail" / "lists-and-ham.mbox"):
        own, parent = (re.search(r"<[^>\s]+>", str(raw[name] or "")) for name in ("message-id", "in-reply-to"))
        if own is None or len(raw.as_bytes()) > 20_000 or raw.get_content_type() != "text/plain":
            continue
        texts[own[0]] = parse(raw.as_bytes()).new_text
        if parent is not None:
            replies.append((own[0], parent[0]))
    found = [(texts[own], texts[parent]) for own, parent in replies if parent in texts]
    yield from found[:: max(1, len(found) // _MOST)]


def heard(model: Model, numbers: GuardNumbers) -> list[Heard]:
    """What is weighed of each, as the model that is shipped hears it."""
    found = []
    kept = model.drafts
    model.drafts = DraftReader(model.card, numbers, model.encoder)
    try:
        with use(model):
            for name, pairs in (("requests", requests()), ("care", care()), ("lists", lists())):
                for text, asked in pairs:
                    view = View(*_sent(text, asked))
                    if view.heard is not None and len(view.heard.p):
                        lacks: dict[str, bool | None] = dict.fromkeys(WHOLE, False)
                        tones = np.zeros((len(view.heard.p), len(TONES)), np.float32)
                        found.append(weighed(view, name, None if name == "care" else "other", tones, lacks))
    finally:
        model.drafts = kept
    return found
