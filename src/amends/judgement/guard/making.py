"""What a draft does that is right, each with the words that do it: for somebody who practises. Pure.

The moves are those that a client who complains waits for: that somebody takes it on, names what they feel, says sorry,
says what happened, what puts it right and by when, and asks what they want. Rules (`moves.toml`) hear them, and the
trained model where it reads drafts; where neither does, a move may have been made all the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from amends.judgement import rulebook
from amends.judgement.guard.hearing import PLACE, SAID_AS
from amends.judgement.guard.pledges import says_when
from amends.judgement.guard.view import View

if TYPE_CHECKING:
    from amends.judgement.guard.types import Context, Draft

MOVES = ("owns", "sorry", "feeling", "account", "mends", "when", "wanted")
_KINDS = {
    "owns": "owns", "sorry": "apology", "feeling": "feeling", "account": "account", "mends": "remedy",
    "wanted": "wanted",
}  # fmt: skip
_SURE = 0.5  # of the model alone, a little more than what it counts as said


def moves(draft: Draft, context: Context) -> Mapping[str, str]:
    """The moves that this draft makes, each with its first sentence that does, in the order of `MOVES`."""
    view = View(draft, context)
    return {move: said for move in MOVES if (said := _sentence(move, view))}


def _sentence(move: str, view: View) -> str:
    if move == "when":
        return says_when(view)
    kind = _KINDS[move]
    places = {hit.sentence.start for hit in view.moved if hit.rule.kind == kind}
    if view.heard is not None and kind in SAID_AS:
        output = SAID_AS[kind]
        places |= {start for start, at in view.heard.places.items() if view.heard.p[at, PLACE[output]] >= _SURE}
    if move == "feeling" and view.grievance.feeling:  # their own word for it, given back
        word = view.grievance.feeling
        places |= {each.start for each in view.sentences if word in rulebook.plain(each.text)}
    first = next((each for each in view.sentences if each.start in places), None)
    return view.draft.new_text[first.start : first.end].strip() if first is not None else ""
