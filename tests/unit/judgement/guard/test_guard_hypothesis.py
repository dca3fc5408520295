"""Nothing that a person types makes the check fail or hang: whatever the characters, the quotes, the sizes, the people.

No call may take longer than `LIMIT` of CPU, which is far beyond what a megabyte takes, and far less than what any
search would that goes back over it again and again.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amends.judgement.guard import (
    MOST,
    SEVERITIES,
    Avoided,
    Client,
    Context,
    Draft,
    Earlier,
    Example,
    Glossary,
    Mailbox,
    Promised,
    Result,
    Settings,
    check,
    deciding,
    rules,
    verdict_of,
    wording,
)
from amends.judgement.guard.examples import CAST, JO, MARTA
from amends.mail.drafted import draft_of, draft_of_text, thread_of

LIMIT = 60  # seconds of CPU
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ANY = st.text(st.characters(exclude_categories=()), max_size=400)  # halves of characters (surrogates) among them
CONTROLS = st.text(st.characters(categories=("Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Mn")), max_size=200)
RIGHT_TO_LEFT = st.text(
    st.sampled_from("אבגדהוזחט ابتثجحخ\u200f\u200e\u202b\u202e\u2067\u2069.,!?()[]\n0123456789"), max_size=400
)
QUOTED = st.lists(
    st.tuples(st.integers(0, 60), st.sampled_from(["you should have told us", "", "[name]", "On Monday, Jo wrote:"])),
    max_size=30,
).map(lambda lines: "\n".join(">" * depth + " " + words for depth, words in lines))
TYPED = st.sampled_from(
    [
        "Hi [Name],", "{{first_name}}", "you should have told us.", "as we clearly explained", "I'm sorry you feel",
        "the mistake is ours", "attached", "€1,200", "by Friday", "“quoted”", "> ", "-- \n", "On Monday Jo wrote:\n",
        "-----Original Message-----\nFrom: a@b.example\nTo: c@d.example\n", "always", "\x00", "\r\n", "\u2028",
    ]
)  # fmt: skip
TEXT = st.one_of(ANY, CONTROLS, RIGHT_TO_LEFT, QUOTED, st.lists(st.one_of(TYPED, ANY), max_size=25).map(" ".join))
NAME = st.one_of(st.just(""), st.sampled_from(["Marta Ruiz", "'Smith, Jo' (x)", "الاسم"]), ANY)
EMAIL = st.one_of(st.sampled_from(["", "@", "a@", "@b", "marta@harbour.example"]), ANY)
PEOPLE = st.lists(st.builds(Mailbox, EMAIL, NAME), max_size=6).map(tuple)
WHEN = st.one_of(st.none(), st.datetimes(), st.datetimes(timezones=st.just(UTC)))
DRAFT = st.builds(
    Draft, TEXT, st.none() | st.builds(Mailbox, ANY, NAME), PEOPLE, PEOPLE, PEOPLE, TEXT,
    st.lists(ANY, max_size=3).map(tuple), st.lists(TEXT, max_size=3).map(tuple), WHEN,
)  # fmt: skip
CONTEXT = st.builds(
    Context,
    own_domains=st.frozensets(st.one_of(st.sampled_from(["firm.example", "", "@"]), ANY), max_size=3),
    thread=st.lists(st.builds(Earlier, TEXT, st.one_of(st.none(), st.builds(Mailbox, ANY, NAME)), PEOPLE, PEOPLE, WHEN),
                    max_size=3).map(tuple),
    clients=st.lists(st.builds(Client, NAME, st.lists(ANY, max_size=2).map(tuple), PEOPLE), max_size=3).map(tuple),
    glossary=st.builds(Glossary, st.dictionaries(ANY, ANY, max_size=3), st.lists(ANY, max_size=3).map(tuple)),
    authority=st.sampled_from([None, Decimal(0), Decimal("1e9"), Decimal("0.01")]),
    issues=st.lists(TEXT, max_size=3).map(tuple),
    promises=st.lists(st.builds(Promised, TEXT, WHEN), max_size=3).map(tuple),
    colleagues=PEOPLE,
    settings=st.builds(
        Settings, avoided=st.lists(st.builds(Avoided, ANY, ANY), max_size=3).map(tuple),
        examples=st.lists(st.builds(Example, st.sampled_from(["placeholder", "no-such-rule"]), TEXT, st.booleans()),
                          max_size=3).map(tuple),
    ),
)  # fmt: skip


def judged(draft: Draft, context: Context = CAST) -> Result:
    """The result, found to be whole: nothing failed, offsets are the text's, the verdict that of what it shows."""
    began = time.process_time()
    result = check(draft, context)
    assert time.process_time() - began < LIMIT
    assert dict(result.failed) == {}
    assert len(result.findings) <= MOST
    assert result.verdict == verdict_of(result.findings)
    for each in result.findings:
        assert each.severity in SEVERITIES
        assert len(each.mark) == 16
        assert (each.start is None) == (each.end is None) == (each.quote is None)
        if each.start is not None:
            assert each.quote == draft.new_text[each.start : each.end]
    return result


@given(TEXT)
@FEW
def test_any_words(text: str) -> None:
    judged(Draft(text, JO, (MARTA,)))


@given(TEXT)
@FEW
def test_any_words_with_what_they_quote_told_apart(text: str) -> None:
    judged(replace(draft_of_text(text), sender=JO, to=(MARTA,)))


@given(DRAFT, CONTEXT)
@FEW
def test_any_draft_beside_anything(draft: Draft, context: Context) -> None:
    judged(draft, context)


@given(st.one_of(st.binary(max_size=400), TEXT.map(lambda text: text.encode("utf-8", "surrogatepass"))))
@FEW
def test_any_bytes_as_a_message(raw: bytes) -> None:
    judged(draft_of(raw))
    judged(draft_of(b"From: Jo <jo@firm.example>\nTo: marta@harbour.example\nSubject: " + raw), CAST)
    judged(Draft("Fine.", JO, (MARTA,)), replace(CAST, thread=thread_of(raw) if raw.strip() else ()))


def long(piece: str, size: int) -> str:
    return (piece * (size // len(piece) + 1))[:size]


PIECES = {
    "only quotes": "> you should have told us.\n",
    "nested quotes": "> > > > no\n> > wrote:\n> On Monday Jo wrote:\n",
    "deeper and deeper": ">" * 5_000 + " deep\n",
    "right to left": "שלום, [שם] הקובץ מצורף. \u202eמחר\u202c ",
    "controls": "\x00\x1b[31m\x07\u2028\u202e\ufeff\r",
    "surrogates": "\ud800 \udfff you should ",
    "one word": "a",
    "blanks": " \t",
    "line breaks": "\r\n",
    "gaps": "[name] {{x}} ${y} <<z>> ",
    "half open": "[{(<“\"'",
    "marks": "!?.,;:",
    "combining": "e\u0301\u0308\u0327\u0336",
    "emoji": "👩‍👩‍👧‍👦🏳️‍🌈",
    "addresses": "petra@hartwell.example, ",
    "amounts": "€1,234.56 refund ",
    "sorry": "We are sorry you feel that way but as we clearly explained you should have ",
    "dates": "by Friday 12/03/2026 ",
    "headers": "From: a@b.example\nTo: c@d.example\nSubject: x\n\n",
    "attached": "see the attached file. ",
}


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES.keys())
def test_a_megabyte_of_it(piece: str) -> None:
    for size in (250_000, 1_000_000):
        text = long(piece, size)
        judged(Draft(text, JO, (MARTA,), subject=text[:2_000], below=(text,)))
    judged(replace(draft_of_text(long(piece, 1_000_000)), sender=JO, to=(MARTA,)))


def test_a_crowd_gets_it() -> None:
    crowd = tuple(Mailbox(f"person{n}@house{n % 997}.example", f"Person {n} O'Neil-{n}") for n in range(6_000))
    text = "Hi Person 7,\n\nyou should have told us. I attach the plan for Marta.\n"
    clients = tuple(Client(f"House {n}", (f"house{n}.example",), crowd[n : n + 2]) for n in range(2_000))
    thread = (Earlier("The plan is wrong.", crowd[0], crowd[:3_000], crowd[3_000:]),)
    judged(Draft(text, JO, crowd[:2_000], crowd[2_000:4_000], crowd[4_000:]), replace(CAST, clients=clients))
    judged(Draft(text, JO, crowd[:50]), replace(CAST, clients=clients, thread=thread, colleagues=crowd))


@pytest.mark.parametrize("rule", sorted(deciding.DECIDE))
def test_a_rule_that_raises_is_told_and_the_others_are_tried(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RecursionError

    monkeypatch.setitem(deciding.DECIDE, rule, broken)
    result = check(Draft("You should have told us. [Name]", JO, (MARTA,)), CAST)
    assert dict(result.failed) == {rule: "RecursionError"}
    wanted = {"blame", "placeholder"} - {rules()[rule].family}
    assert {each.family for each in result.findings} >= wanted


def test_wording_that_raises_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(wording, "found", broken)
    result = check(Draft("You should have told us. [Name]", JO, (MARTA,)), CAST)
    assert dict(result.failed) == {"wording": "MemoryError"}
    assert [each.family for each in result.findings] == ["placeholder"]
