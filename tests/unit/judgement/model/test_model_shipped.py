"""The model that is shipped: whole, unhurt by any text, and of a person's opinion on plain letters."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.model import Model, current, missing
from amends.judgement.model.files import SHIPPED
from amends.judgement.model.outputs import FEELINGS
from amends.judgement.reading import SHOWN, Reading, Span, Writer, read

AT = datetime(2026, 3, 12, 10, 30, tzinfo=UTC)
MOST_MB = 300
PIECES = (
    "The invoice is wrong again.", "We are very disappointed.", "Thank you!", "\n\n", "\n> ", ">> ", " ", "\t", "…",
    "?!", "I'll send it by Friday.", "Could you call me?", "🙂", "👩‍👩‍👧", "שלום", "\u202e", "\x00", "\x1b[31m",
    "\ud800", "é", "ﬁ", "—", "a" * 200, "1.2.3.", "e.g. ", "\u2028", "\u00ad", "İ", "ß", "-- \n",
    "On Monday Kim wrote:\n",
)  # fmt: skip
ANY = st.text(st.characters(exclude_categories=()), max_size=80) | st.lists(st.sampled_from(PIECES), max_size=14).map(
    "".join
)


@pytest.fixture(scope="module", autouse=True)
def shipped() -> Model:
    """The shipped model; without one these tests say nothing."""
    if not (SHIPPED / "card.json").exists():
        pytest.skip(f"no model in {SHIPPED}: the shipped model is not tested")
    found = current()
    assert found is not None, missing()
    return found


def _spans(reading: Reading) -> Iterator[Span]:
    yield from reading.issues
    yield from reading.feelings
    yield from reading.praise
    yield from reading.leaving
    yield from reading.scope_request
    yield from reading.referral
    yield from reading.requests
    yield from reading.wanted
    yield from reading.promises
    if reading.carrier is not None:
        yield reading.carrier


def _holds(text: str, reading: Reading) -> None:
    """What is true of every reading."""
    assert list(reading.emotions) == list(FEELINGS)
    assert sum(reading.emotions.values()) == pytest.approx(1, abs=1e-6)
    assert all(
        0 <= p <= 1 for p in (*reading.emotions.values(), reading.complaint, reading.leaving_p, reading.praise_p)
    )
    if reading.by == "model":
        model = current()
        assert model is not None
        assert bool(reading.issues) == (reading.complaint >= model.card.thresholds.get("complaint", SHOWN))
    for span in _spans(reading):
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.quote
        assert 0 <= span.p <= 1
        assert span.rule
        assert span.why


@given(ANY, st.sampled_from(["client", "firm"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_and_quoted_truly(text: str, writer: Writer, cascade: bool) -> None:
    reading = read(text, writer=writer, at=AT, cascade=cascade)
    _holds(text, reading)
    assert read(text, writer=writer, at=AT, cascade=cascade) == reading


@given(st.lists(ANY, min_size=2, max_size=6))
@settings(max_examples=25, deadline=None)
def test_a_message_is_read_alike_alone_and_among_others(texts: list[str]) -> None:
    alone = [read(text, at=AT) for text in reversed(texts)][::-1]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda text: read(text, at=AT), texts)) == alone


def test_a_sentence_is_judged_alike_alone_and_among_others(shipped: Model) -> None:
    texts = ["The invoice is wrong again.", "Thank you!", "word " * 400, "🙂", "Could you call me on Friday?"]
    together = shipped.score(texts)
    for place, text in enumerate(texts):
        assert shipped.score([text]).p[0].tolist() == together.p[place].tolist()


HOSTILE = {
    "one letter": "'a' * TEN",
    "blanks": "' ' * TEN",
    "full stops": "'.' * TEN",
    "line breaks": "'\\n' * TEN",
    "control characters": "'\\x00\\x07\\x1b' * (TEN // 3)",
    "emoji": "'\\U0001f642' * (TEN // 4)",
    "right to left": "'\\u05e9\\u05dc\\u05d5\\u05dd ' * (TEN // 9)",
    "nested quotes": "''.join('>' * (n % 300) + ' wrote: we are disappointed\\n' for n in range(TEN // 180))",
    "quotation marks": "'\"' * TEN",
    "short sentences": "'The invoice is wrong. ' * (TEN // 22)",
    "one sentence": "'the invoice is wrong and ' * (TEN // 25)",
    "different words": "' '.join(f'the w{n:x} is' for n in range(TEN // 13))",
}
READS = """
import re, sys
from pathlib import Path
from datetime import UTC, datetime
from amends.judgement.reading import read
TEN = 10_000_000
text = {text}
for writer in ("client", "firm"):
    reading = read(text, writer=writer, at=datetime(2026, 3, 12, tzinfo=UTC))
    assert abs(sum(reading.emotions.values()) - 1) < 1e-6
    for span in (*reading.issues, *reading.feelings, *reading.requests, *reading.promises):
        assert text[span.start : span.end] == span.quote
status = Path("/proc/self/status")
if status.exists():  # getrusage also remembers the parent's memory
    print(int(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1]) // 1024)
else:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform != "darwin" else 1024 * 1024))
"""


@pytest.mark.parametrize("kind", HOSTILE)
def test_ten_megabytes_of_anything_are_read_in_little_memory(kind: str) -> None:
    """The time is no measurement, only the patience before the test fails."""
    code = READS.replace("{text}", HOSTILE[kind])
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=180, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < MOST_MB


COMPLAINTS = (
    """Dear Ada,

the brochure arrived with the old logo again. This is the third time that we have had to send it back, and nobody
answered our last two messages. This is not acceptable.

Petra""",
    """Hello Tom,

the invoice is wrong: you charged us for twelve hours, and we had agreed on eight. Please send a corrected one.

Best regards
Kim""",
    """Hi all,

the website has been down since this morning and we are losing orders. We are very unhappy with how this is being
handled.

Jo""",
)
NO_COMPLAINTS = (
    """Dear Ada,

please find attached the signed contract. Our office is closed on Monday.

Best regards
Petra""",
    """Hi Tom,

thank you so much for the lovely evening and the new photographs. Everybody here is delighted!

Kim""",
    """Hello,

could you send me the agenda for Thursday? We will be four people.

Many thanks
Jo""",
)


@pytest.mark.parametrize("text", COMPLAINTS)
def test_a_person_would_hear_a_complaint(text: str) -> None:
    reading = read(text, at=AT)
    assert reading.by == "model"
    assert reading.issues
    assert not {"Dear Ada,", "Hello Tom,", "Hi all,", "Petra", "Jo"} & {issue.quote for issue in reading.issues}


@pytest.mark.parametrize("text", NO_COMPLAINTS)
def test_a_person_would_hear_none(text: str) -> None:
    reading = read(text, at=AT)
    assert reading.issues == ()
    assert reading.leaving_p < 0.5


def test_a_person_would_hear_that_a_client_wants_to_leave() -> None:
    staying = read("Hello,\n\nwe would like to book the same room for next year.\n\nKim", at=AT)
    going = read(
        "Dear Ada,\n\nafter this quarter we have decided not to renew our contract with you. We are moving to another "
        "agency in June.\n\nPetra",
        at=AT,
    )
    assert going.leaving
    assert going.leaving_p > 0.5 > staying.leaving_p


def test_a_person_would_hear_praise_and_thanks() -> None:
    reading = read(
        "Hi Ada,\n\nthe new website is wonderful, you have done a fantastic job. Thank you so much!\n\nJo",
        at=AT,
    )
    assert reading.praise_p > 0.5
    assert reading.praise
    assert reading.emotions["gratitude"] + reading.emotions["joy"] > 0.5
    assert reading.complaint < 0.5


def test_a_person_would_hear_a_promise_and_its_day() -> None:
    reading = read("Hi Petra,\n\nI will send you the corrected invoice by Friday.\n\nAda", writer="firm", at=AT)
    assert [(each.by, each.due.date().isoformat() if each.due else "") for each in reading.promises] == [
        ("firm", "2026-03-13")
    ]


def test_a_person_would_hear_anger_where_there_is_some() -> None:
    calm = read("Please find the minutes of our meeting attached.", at=AT)
    cross = read("This is outrageous, you have lied to us and I am furious!", at=AT)
    assert calm.emotions["neutral"] > 0.5
    assert cross.emotions["anger"] + cross.emotions["frustration"] > 0.5


def test_a_sentence_said_often_says_no_more() -> None:
    line = "The invoice is wrong."
    once, often = read(line, at=AT), read(" ".join([line] * 6), at=AT)
    assert often.complaint <= once.complaint + 0.1  # between its own echoes it reads a little differently
    assert [span.quote for span in often.issues] == [line]


def test_said_again_with_other_words_around_it_is_one_issue() -> None:
    found = read("The invoice is wrong. As I said, the invoice is wrong. Again: the invoice is wrong!", at=AT)
    assert [span.quote for span in found.issues] == ["The invoice is wrong."]


@pytest.mark.parametrize("times", [60, 300])
def test_length_alone_is_no_complaint(times: int) -> None:
    line = "We looked at the numbers for region {} and they are as planned."
    assert read(" ".join(line.format(number) for number in range(times)), at=AT).complaint < 0.5


@pytest.mark.parametrize("text", ["Thanks!", "Dear Ada,\n\nthank you, that is fine.\n", "Many thanks, got it."])
def test_courtesy_is_no_praise(text: str) -> None:
    assert read(text, at=AT).praise == ()
