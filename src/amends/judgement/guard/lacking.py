"""What the whole draft lacks: two rules and the trained model, weighed together (`weighing.over_all`).

Without a model the rules stand alone. That a complaint is not owned is dropped where it is unlikely, though a
rule says so; what no rule says is told where it is likely.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.judgement.guard import pledges, substance, weighing
from amends.judgement.guard.hearing import PLACE
from amends.judgement.guard.hits import Hit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.view import View

    Decide = Callable[[GuardRule, View], Iterator[Hit]]

BY_RULE: dict[str, Decide] = {
    "complaint_not_owned": substance.not_owned,
    "promise_without_date": pledges.undated,
}
KEPT = {"complaint_not_owned": 0.25, "promise_without_date": 0.0}
"""A rule's finding that is less likely than this is dropped."""


def found(rule: GuardRule, view: View) -> Iterator[Hit]:
    """What is to be told of one family: the rule's finding, or one of the model alone."""
    hits = list(BY_RULE[rule.family](rule, view))
    heard = view.heard
    if heard is None or not len(heard.p):
        yield from hits
        return
    p = likely(rule.family, view, ruled=bool(hits))
    if hits and p >= KEPT[rule.family]:
        yield from hits
    elif not hits and p >= heard.numbers.told[rule.family]:
        yield from _shown(rule.family, view)


def features(view: View, *, ruled: bool) -> weighing.Floats:
    """What is weighed of a draft that was heard."""
    assert view.heard is not None  # noqa: S101 - callers have looked
    return weighing.over_all(
        view.heard.p, view.complains, charge=view.grievance.charge, asks="?" in view.said, rule=ruled
    )


def likely(family: str, view: View, *, ruled: bool) -> float:
    """How likely the draft lacks it."""
    assert view.heard is not None  # noqa: S101 - callers have looked
    return float(weighing.likely(features(view, ruled=ruled), view.heard.numbers.whole[family]))


def _shown(family: str, view: View) -> Iterator[Hit]:
    """Where in the text it stands, if anything there likely does; of a complaint that is not owned, the whole."""
    assert view.heard is not None  # noqa: S101 - callers have looked
    if family == "complaint_not_owned":
        if view.words and (view.complains or 0) > 0 and not substance.LOOKED.search(view.said):
            yield Hit()
        return
    at = view.heard.likeliest_of(("vague",))
    if view.heard.p[at, PLACE["vague"]] >= _LIKELY and pledges.left_open(at, view):
        yield Hit(view.sentences[at].start, view.sentences[at].end)


_LIKELY = 0.7
