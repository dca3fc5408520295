"""Who promised what, by when, in their own words."""

import string
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.judgement.due import due as due_of
from amends.judgement.promises import PRIOR, combined, find_promises
from amends.judgement.sentences import split
from amends.judgement.spans import Writer

SETS = Path(__file__).parents[3] / "training" / "promises"
FRIDAY = datetime(2026, 3, 6, 17, tzinfo=UTC)
WORDS = """I we you will 'll won't going to send the draft your by Friday if once approve not promise promised said
would ? . , ; : - ( ) and but Tom our courier be sent with have it on back at 4 let me know charge > " ’ €""".split()  # noqa: SIM905


def _said(text: str, writer: Writer = "firm") -> list[tuple[str, str]]:
    return [(each.quote, each.by) for each in find_promises(text, writer=writer)]


@pytest.mark.parametrize(
    "text",
    [
        "I'll send it tomorrow.",
        "We’re going to redo the cover.",
        "You'll have it by noon.",
        "Expect the draft on Wednesday.",
        "Consider it done.",
        "Leave it with me.",
        "It will be with you tonight.",
        "The team is to deliver on the 3rd.",
        "We undertake to return all originals.",
        "Happy to redo the banner by Monday.",
        "The refund will be made out today and the form will be sent on Friday.",
        "Will send tonight.",
        "On it, back to you by 4.",
        "Draft Thursday.",
        "Petra will call you.",
        "Our courier will collect the box at ten.",
        "I will think about it and let you know.",
        "I can tell you that he'll be back on site on Tuesday.",
    ],
)
def test_the_writer_commits(text: str) -> None:
    assert {by for _, by in _said(text)} == {"firm"}


@pytest.mark.parametrize(
    "text",
    [
        "You promised to send the contract by Monday.",
        "You said you would call me back.",
        "We were promised a call on Friday.",
        "Didn't you say you'd send someone today?",
        "You were going to send me the draft.",
    ],
)
def test_the_other_side_is_reminded(text: str) -> None:
    assert _said(text, "client") == [(text, "firm")]
    assert _said(text, "firm") == [(text, "client")]


@pytest.mark.parametrize(
    "text",
    [
        "Shall I send it on Friday?",
        "I can send it on Friday.",
        "We could send it on Friday.",
        "Will you send it on Friday?",
        "We would like you to send it on Friday.",
        "I sent it on Friday.",
        "We always answer within the hour.",
        "We hope to finish by Friday.",
        "We will do our best to finish by Friday.",
        "I'll be honest, the margin is thin.",
        "We look forward to seeing you on Friday.",
        "It will rain on Friday.",
        "This will need a password.",
        "I think we will finish on Friday.",
        "I don't know when we will finish.",
        "Neither party shall be liable for delays.",
        'The text should say "We will refund you by Friday".',
        "> I'll send it on Friday.",
        "You never said you would call.",
        "We cannot promise anything.",
        "",
        "?!",
    ],
)
def test_nobody_commits(text: str) -> None:
    assert _said(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "If this isn't fixed by Friday, we will cancel the contract.",
        "We'll be talking to your competitors before the month is out.",
        "I will not pay for this.",
        "We'll go with option B.",
        "You will send me the report by Friday.",
    ],
)
def test_a_client_who_threatens_or_orders_promises_nothing(text: str) -> None:
    assert _said(text, "client") == []


def test_two_commitments_have_their_own_words_and_dates() -> None:
    text = "We will retouch the portraits by Thursday and upload them to the gallery on Friday, and Tom will call you."
    asked: list[str] = []

    def resolve(phrase: str) -> datetime | None:
        asked.append(phrase)
        return FRIDAY if "Friday" in phrase else None

    found = find_promises(text, writer="firm", due=resolve)
    assert [(each.quote, each.due) for each in found] == [
        ("We will retouch the portraits by Thursday", None),
        ("upload them to the gallery on Friday", FRIDAY),
        ("Tom will call you.", None),
    ]
    assert asked == [
        "We will retouch the portraits by Thursday",
        "upload them to the gallery on Friday",
        "Tom will call you.",
    ]


@pytest.mark.parametrize(
    ("text", "open_until"),
    [
        ("If you approve today, we ship on Friday.", "If you approve today"),
        ("I'll have it ready before the launch.", "before the launch"),
        ("Once you approve the proof, we'll go to print.", "Once you approve the proof"),
        ("I'll send it before Friday.", ""),
        ("I'll send it tomorrow.", ""),
        ("I'll send it the day after tomorrow.", ""),
    ],
)
def test_what_it_waits_for(text: str, open_until: str) -> None:
    (found,) = find_promises(text, writer="firm")
    assert found.open_until == open_until


@pytest.mark.parametrize(
    ("text", "negative"),
    [
        ("We will not charge for the second round.", True),
        ("We won't publish before you have cleared it.", True),
        ("There will be no charge for the visit.", True),
        ("Nothing goes out without your approval.", True),
        ("You won't be billed for the overtime.", True),
        ("We will publish it on Friday.", False),
    ],
)
def test_what_will_not_be_done(text: str, negative: bool) -> None:
    (found,) = find_promises(text, writer="firm")
    assert found.negative is negative


def test_a_condition_does_not_lend_its_date() -> None:
    phrases: list[str] = []
    find_promises("If you approve today, we ship on Friday.", writer="firm", due=lambda each: phrases.append(each))
    assert [each.strip(" ,") for each in phrases] == ["we ship on Friday."]


def test_wrapped_lines_are_one_sentence() -> None:
    text = "Thanks.\n\nI rang the printer and we\nwill send you the new proof by\nFriday at no cost.\n- Draft Monday\n"
    asked: list[str] = []
    found = find_promises(text, writer="firm", due=lambda phrase: asked.append(phrase))
    assert [each.quote for each in found] == [
        "we\nwill send you the new proof by\nFriday at no cost.",
        "- Draft Monday",
    ]
    assert [each.split()[-1] for each in asked] == ["cost.", "Monday"]


def test_it_says_why_and_can_be_switched_off() -> None:
    (found,) = find_promises("Thanks for the call.\n\nI'll send you the plan by Friday.\n\nTom", writer="firm")
    assert (found.rule, found.why) == ("own-future", "Says what they will do.")
    assert 0.9 < found.p < 0.98
    assert find_promises(found.quote, writer="firm", off=frozenset({"own-future"})) == []


def test_a_model_adds_to_the_rules() -> None:
    text = "The usual report for you, as ever. We might send it on Friday. I'll send it today."

    def sure(_: Sequence[str]) -> list[float]:
        return [0.97, 0.02, 0.02]

    found = find_promises(text, writer="client", likely=sure)
    assert [(each.rule, each.why, each.quote) for each in found] == [
        ("model.promise", "Reads like a promise to the trained model.", "The usual report for you, as ever."),
        ("own-future", "Says what they will do.", "I'll send it today."),
    ]
    assert found[1].p < find_promises(text, writer="client")[0].p


def test_a_model_is_asked_about_the_sentences_as_they_are_cut() -> None:
    text = "Hello Tom,\nI rang the printer and we\nwill send it. No news\notherwise.\n\n- one\n- two"
    asked: list[str] = []

    def note(every: Sequence[str]) -> list[float]:
        asked.extend(every)
        return [PRIOR] * len(every)

    find_promises(text, writer="firm", likely=note)
    assert asked == [each.text for each in split(text)]


def test_a_model_that_is_sure_can_overrule_an_unsure_rule() -> None:
    text = "Our crew arrives at 7:30 on the 5th."
    assert len(find_promises(text, writer="firm")) == 1
    assert find_promises(text, writer="firm", likely=lambda every: [0.001] * len(every)) == []


def test_a_model_that_knows_nothing_changes_nothing() -> None:
    for text in ("I'll send it today.", "Our auditors arrive on Monday.", "Noted."):
        alone = find_promises(text, writer="client")
        both = find_promises(text, writer="client", likely=lambda every: [PRIOR] * len(every))
        assert [(each.quote, round(each.p, 6)) for each in alone] == [(each.quote, round(each.p, 6)) for each in both]


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_the_combination_grows_with_either(rules: float, model: float, more: float) -> None:
    assert 0 <= combined(rules, model) <= 0.97
    assert combined(rules, max(model, more)) >= combined(rules, model)
    assert combined(max(rules, more), model) >= combined(rules, model)


@given(st.lists(st.sampled_from(WORDS), max_size=40).map(" ".join), st.sampled_from(["firm", "client"]))
def test_quotes_are_the_texts_own_words(text: str, writer: Writer) -> None:
    last = 0
    for each in find_promises(text, writer=writer, due=lambda phrase: FRIDAY if phrase in text else None):
        assert text[each.start : each.end] == each.quote
        assert each.start >= last
        assert 0.5 <= each.p <= 0.97
        assert each.open_until in each.quote
        last = each.end


@given(st.text(max_size=300) | st.text(alphabet=string.printable + "İß’“ﬁ", max_size=300))
def test_no_text_makes_it_raise(text: str) -> None:
    for writer in ("firm", "client"):
        for each in find_promises("I'll send " + text, writer=writer, likely=lambda every: [0.5] * len(every)):
            assert ("I'll send " + text)[each.start : each.end] == each.quote


def _rows(name: str) -> list[list[str]]:
    lines = (SETS / name).read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t") == ["text", "writer", "label", "due"]
    return [line.split("\t") for line in lines[1:]]


@pytest.mark.parametrize(("name", "size"), [("dev.tsv", 500), ("held.tsv", 200)])
def test_the_labelled_sets_are_in_form(name: str, size: int) -> None:
    rows = _rows(name)
    assert len({row[0] for row in rows}) == len(rows) == size
    for text, writer, label, due in rows:
        assert writer in ("firm", "client")
        assert label in ("none", "firm", "client")
        assert all(part in text for part in due.split(" / "))
        assert label != "none" or due == ""


def test_the_last_two_hundred_of_the_development_set() -> None:
    hits = wrong = missed = 0
    for text, writer, label, _ in _rows("dev.tsv")[300:]:
        sides = {each.by for each in find_promises(text, writer="firm" if writer == "firm" else "client")}
        hits += label in sides
        wrong += bool(sides - {label})
        missed += label != "none" and label not in sides
    assert 2 * hits / (2 * hits + wrong + missed) >= 0.85


@pytest.mark.parametrize(
    ("said", "day", "hour"),
    [
        ("We will call you first thing Monday.", 14, 9),
        ("I'll call you tomorrow at ten.", 10, 10),
        ("I'll call at noon the day after tomorrow.", 11, 12),
        ("We'll deliver Friday 18 December, 3pm.", 18, 15),
        ("We will send it two weeks on Monday.", 28, 17),
        ("If you approve today, we ship on Friday.", 11, 17),
    ],
)
def test_the_date_is_read_from_the_whole_clause(said: str, day: int, hour: int) -> None:
    wednesday = datetime(2026, 12, 9, 10, tzinfo=UTC)

    def resolve(clause: str) -> datetime | None:
        found = due_of(clause, at=wednesday)
        return found.at if found else None

    (found,) = find_promises(said, writer="firm", due=resolve)
    assert found.due == datetime(2026, 12, day, hour, tzinfo=UTC)
