"""The lines of the policy in plain words: as the name of a line, and counted in a sentence."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.utils.translation import ngettext_lazy as _n


class Kind(NamedTuple):
    """What a kind of line is called, and how so many of them are said (with `n`, a number as a word)."""

    name: Promise
    counted: Promise


KINDS: dict[str, Kind] = {
    "complaint": Kind(_l("Complaint"), _n("a complaint", "%(said)s complaints", "n")),
    "anger": Kind(_l("Anger"), _n("an angry message", "%(said)s angry messages", "n")),
    "frustration": Kind(_l("Frustration"), _n("a frustrated message", "%(said)s frustrated messages", "n")),
    "disappointment": Kind(_l("Disappointment"), _n("a disappointed message", "%(said)s disappointed messages", "n")),
    "leaving": Kind(_l("Thought of leaving"), _n("a thought of leaving", "%(said)s thoughts of leaving", "n")),
    "praise": Kind(_l("Praise"), _n("a word of praise", "%(said)s words of praise", "n")),
    "recommended": Kind(_l("Recommended us"), _n("a recommendation", "%(said)s recommendations", "n")),
    "silence": Kind(_l("Unusual silence"), _n("an unusual silence", "%(said)s unusual silences", "n")),
    "recurrence": Kind(_l("An issue came back"), _n("an issue that came back", "%(said)s issues that came back", "n")),
    "internal_leak": Kind(
        _l("Reached the wrong people"), _n("a message that reached them by mistake",
        "%(said)s messages that reached them by mistake", "n")
    ),
    "promise_kept": Kind(_l("Promise kept"), _n("a kept promise", "%(said)s kept promises", "n")),
    "promise_broken": Kind(_l("Promise broken"), _n("a broken promise", "%(said)s broken promises", "n")),
    "owned_in_time": Kind(
        _l("Owned in time"), _n("a complaint owned in time", "%(said)s complaints owned in time", "n")
    ),
    "owned_late": Kind(
        _l("Not owned in time"), _n("a complaint nobody owned in time", "%(said)s complaints nobody owned in time", "n")
    ),
    "recovery_yes": Kind(
        _l("Right again, they say"), _n("a recovery with their yes", "%(said)s recoveries with their yes", "n")
    ),
    "recovery_unconfirmed": Kind(
        _l("Put right, not confirmed"),
        _n("a recovery they did not confirm", "%(said)s recoveries they did not confirm", "n"),
    ),
    "gesture": Kind(_l("Gesture"), _n("a gesture", "%(said)s gestures", "n")),
    "scope_absorbed": Kind(
        _l("More than agreed"), _n("work beyond what was agreed", "work beyond what was agreed, %(said)s times", "n")
    ),
    "review_good": Kind(_l("Good review"), _n("a good review", "%(said)s good reviews", "n")),
    "review_bad": Kind(_l("Bad review"), _n("a bad review", "%(said)s bad reviews", "n")),
    "referral_in": Kind(_l("Sent us somebody"), _n("somebody they sent us", "%(said)s people they sent us", "n")),
    "referral_out_helped": Kind(
        _l("Found them a supplier"), _n("a supplier found for them", "%(said)s suppliers found for them", "n")
    ),
    "renewal": Kind(_l("Renewal"), _n("a renewal", "%(said)s renewals", "n")),
    "returned": Kind(_l("Came back"), _n("their return", "%(said)s returns", "n")),
    "claim_honoured": Kind(
        _l("Guarantee made good"), _n("a guarantee made good", "%(said)s guarantees made good", "n")
    ),
    "claim_refused": Kind(
        _l("Guarantee claim refused"),
        _n("a guarantee claim refused", "%(said)s guarantee claims refused", "n"),
    ),
}  # fmt: skip
_NUMBERS = (
    "", _l("one"), _l("two"), _l("three"), _l("four"), _l("five"), _l("six"), _l("seven"), _l("eight"), _l("nine"),
    _l("ten"), _l("eleven"), _l("twelve"),
)  # fmt: skip


def kind_name(kind: str) -> str:
    """What a line is called: "Promise broken"."""
    found = KINDS.get(kind)
    return str(found.name) if found else kind.replace("_", " ").capitalize()


def counted(kind: str, n: int) -> str:
    """So many of a kind: "a complaint", "two broken promises"."""
    found = KINDS.get(kind)
    if found is None:
        return f"{number_word(n)} × {kind_name(kind)}"
    return found.counted % {"n": n, "said": number_word(n)}  # type: ignore[no-any-return]


def number_word(n: int) -> str:
    """ "nine", "13"."""
    return str(_NUMBERS[n]) if 0 < n < len(_NUMBERS) else f"{n:,}"


def joined(parts: list[str]) -> str:
    """ "a, b and c"."""
    if len(parts) < 2:
        return "".join(parts)
    return _("%(some)s and %(last)s") % {"some": ", ".join(parts[:-1]), "last": parts[-1]}
