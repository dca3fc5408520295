"""Which function decides for which rule whether a clause commits its writer.

English says what will be done by few constructions and in endless words. So the constructions are written here, over
tokens, and the words stand in lists (`rules/promises.toml`): a verb that no list knows still commits after "I will",
though less surely; after "our fitter will" only what one does for somebody does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.judgement.promises.future import colleague_will, own_future, will_be_done, you_will_have
from amends.judgement.promises.present import gives_word, present_for_future
from amends.judgement.promises.recalled import reported
from amends.judgement.promises.terse import terse

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.judgement.promises.view import Found, View

RULES: dict[str, Callable[[View], Found | None]] = {
    "own-future": own_future,
    "you-will-have": you_will_have,
    "colleague-will": colleague_will,
    "will-be-done": will_be_done,
    "present-for-future": present_for_future,
    "gives-word": gives_word,
    "reported": reported,
    "terse": terse,
}
"""The rules of `rules/promises.toml` whose patterns only say where to look."""
