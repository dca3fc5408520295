"""A first reply names the feeling, is sorry, takes it on and says what is next and when: with every playbook."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amends.judgement.guard import Client, Context, Draft, Earlier, Mailbox, check, moves
from amends.recovery.shipped import shipped
from amends.recovery.wording import first_reply

ADA, PETRA = Mailbox("ada@studio.example", "Ada Moss"), Mailbox("petra@hartwell.example", "Petra Hartwell")
UNTIL = datetime(2026, 3, 12, 12, tzinfo=UTC)
FEELINGS = ("anger", "frustration", "disappointment", "worry", "confusion", "")


@pytest.mark.parametrize("mode", ["", *(book.mode for book in shipped())])
def test_a_first_reply_owns_what_failed_and_passes_the_check(mode: str) -> None:
    book = next((one for one in shipped() if one.mode == mode), None)
    words, said = (book.first_words, book.said) if book else ("", ("There is an error again.",))
    for number, feeling in enumerate(FEELINGS):
        quote = said[number % len(said)]
        text = first_reply(to="Petra", felt=(feeling, quote), by="Ada Moss", until=UNTIL, first_words=words)
        draft = Draft(text, sender=ADA, to=(PETRA,), subject="Re: Your work", at=datetime(2026, 3, 10, 9, tzinfo=UTC))
        context = Context(
            own_domains=frozenset({ADA.domain}),
            thread=(Earlier(f"Dear Ada,\n\n{quote}\n\nPetra", PETRA, (ADA,)),),
            clients=(Client("Hartwell", (PETRA.domain,), (PETRA,)),),
        )
        assert [(one.rule, one.quote) for one in check(draft, context).findings] == []
        assert {"feeling", "owns", "sorry", "when"} <= set(moves(draft, context)), text
        assert text.count("I am sorry") == 1
        assert words in text
        assert f"you write “{quote.rstrip('.')}”" in text


def test_a_first_reply_says_of_nobody_that_the_fault_is_theirs() -> None:
    """The cause is not known yet: what is ours is to put it right. It may turn out to have been the client's own."""
    for book in shipped():
        said = first_reply(to="Petra", felt=("", ""), by="Ada Moss", until=UNTIL, first_words=book.first_words).lower()
        for claim in (
            "our fault",
            "our mistake",
            "error of ours",
            "this is ours",
            "we failed",
            "we did not",
            "we wrote",
        ):
            assert claim not in said, book.mode
