"""Readings are exact quotes, hold for any text, and keep off what is no complaint to us."""

import contextlib
import mailbox
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.demo import agency
from amends.judgement import language, sentences, setting
from amends.judgement.reading import RULE_FILES, SHOWN, Reading, Span, read_incoming, strongest
from amends.judgement.rulebook import load, plain

pytestmark = pytest.mark.usefixtures("rules_alone")

DATA = Path(__file__).parents[2] / "data"
LISTS = Path(__file__).parents[3].parent / "shared" / "data" / "mail" / "lists-and-ham.mbox"
ANGRY = (
    "Hi Tom,\n\nthe new brochure looks great. But this is the third time that the invoice\nis wrong, and nobody "
    "got back to us. We are very disappointed.\n\nWe will have to reconsider our contract. Could you also translate "
    "the packaging?\n\nAnna"
)
PHRASES = [text for rule in load(*RULE_FILES) for text in (*rule.fires, *rule.quiet)]


def _spans(reading: Reading) -> Iterator[Span]:
    yield from reading.issues
    yield from reading.feelings
    yield from reading.praise
    yield from reading.leaving
    yield from reading.scope_request
    yield from reading.referral


def test_a_letter_is_read_in_the_clients_words() -> None:
    reading = read_incoming(ANGRY)
    assert reading.language == "en"
    assert reading.judged
    assert reading.complaint > 0.9
    assert [issue.quote for issue in reading.issues] == [
        "But this is the third time that the invoice\nis wrong, and nobody got back to us.",
        "We are very disappointed.",
        "We will have to reconsider our contract.",
    ]
    assert [(each.kind, each.quote) for each in reading.feelings] == [("disappointment", "We are very disappointed.")]
    assert [each.quote for each in reading.praise] == ["the new brochure looks great."]
    assert [each.rule for each in reading.leaving] == ["thinks-of-leaving"]
    assert [each.quote for each in reading.scope_request] == ["Could you also translate the packaging?"]


@pytest.mark.parametrize(
    "text",
    [
        "No complaints.",
        "Sorry for the delay on our side.",
        "Can you fix the typo in our draft?",
        "Thanks, all good, no problem.",
        "How do I make a complaint?",
        "If you were not happy with it, what would you do?",
        "Our landlord is unacceptable.",
        "Your invoice 4411 is overdue, please pay within seven days.",
        "> This is unacceptable.\n\nHe wrote that to his bank.",
        "",
        "👍",
        "12.30",
    ],
)
def test_these_are_no_complaints(text: str) -> None:
    reading = read_incoming(text)
    assert reading.complaint == 0
    assert reading.issues == ()
    assert reading.feelings == ()


@pytest.mark.parametrize(
    "text",
    [
        "We were hoping that by now the first rooms would be finished.",
        "As discussed twice, the logo must stay black.",
        "This is the third time.",
        "We are still waiting for the plan.",
        "This is not what we agreed.",
        "We are disappointed.",
        "This is unacceptable.",
        "The invoice is wrong again.",
        "Nobody got back to us.",
        "You missed the deadline.",
        "The form doesn't work.",
        "We may have to reconsider our contract.",
    ],
)
def test_these_are_complaints(text: str) -> None:
    reading = read_incoming(text)
    assert reading.complaint >= SHOWN
    assert [issue.quote for issue in reading.issues] == [text]


def test_curly_apostrophes_and_capitals_change_nothing() -> None:
    straight = read_incoming("You forgot to tell us, didn't you.")
    curly = read_incoming("YOU FORGOT TO TELL US, DIDN\u2019T YOU.")
    assert [issue.rule for issue in curly.issues] == [issue.rule for issue in straight.issues] == ["forgot-us"]
    assert curly.complaint == straight.complaint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sehr geehrte Damen und Herren, wir sind sehr enttäuscht, die Rechnung ist wieder falsch.", "de"),
        ("Bonjour, la facture est encore fausse et nous sommes très déçus.", "fr"),
        ("Hola, la factura está mal otra vez y no nos han contestado.", "es"),
        ("この請求書はまた間違っています。", "und"),
        ("Счёт опять неверный, мы очень разочарованы.", "und"),
        ("The invoice is wrong again and nobody answers.", "en"),
        ("ok thanks", "en"),
    ],
)
def test_other_languages_are_said_to_be_so(text: str, code: str) -> None:
    assert language.guess(text) == code
    if code != "en":
        assert read_incoming(text) == Reading(language=code)
        assert not read_incoming(text).judged


def test_a_name_for_the_whole() -> None:
    assert strongest(()) == 0
    assert strongest(read_incoming("We will have to reconsider our contract.").leaving) == pytest.approx(0.85)


def test_the_same_words_weigh_less_far_from_any_dealings() -> None:
    calm = "We have a question about our invoice. "
    news = "The government, the president and the court met in Congress; the war, the election, the economy. "
    code = "I ran gcc on the kernel patch, the perl parser and the python xml script with a traceback. "
    assert setting.odds_factor(calm, 1) == 1
    assert setting.odds_factor(calm, 28) == pytest.approx(0.5)
    assert setting.odds_factor(news * 3, 6) < 0.2
    assert setting.odds_factor(code * 3, 6) < 0.2


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10_000_000,
        "still " * 500_000,
        "n't " * 500_000,
        "." * 1_000_000,
        "\n" * 1_000_000,
        "why we " * 300_000,
        "not " * 500_000,
        "you " * 500_000,
        "the wrong " * 100_000,
        "'" * 1_000_000,
        "?!" * 500_000,
        "\u202e\u0000" * 500_000,
    ],
    ids=lambda text: repr(text[:10]),
)
def test_no_text_makes_it_hang(text: str) -> None:
    """Each would take hours where anything is quadratic; benches time, tests only come to an end."""
    assert read_incoming(text).complaint <= 1


def test_what_is_read_of_a_very_long_text() -> None:
    complaint = "We are very disappointed with your invoice. "
    filler = "The hall is blue and the garden is green. " * 3000
    assert sum(issue.start >= 0 for issue in read_incoming(complaint + filler).issues) <= 1
    parts = list(sentences.split(filler))
    assert sum(len(part.text) for part in parts) <= sentences.HEAD + sentences.TAIL


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(PHRASES) | st.text(max_size=40), max_size=8), st.sampled_from([" ", "\n", "\n\n", "\n- "])
)
def test_offsets_always_index_the_text(parts: list[str], join: str) -> None:
    text = join.join(parts)
    reading = read_incoming(text)
    assert 0 <= reading.complaint < 1
    assert (reading.complaint >= SHOWN) == bool(reading.issues)
    for span in _spans(reading):
        assert text[span.start : span.end] == span.quote
        assert SHOWN <= span.p < 1
    assert read_incoming(text) == reading


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=400))
def test_sentences_cut_and_never_change(text: str) -> None:
    end = 0
    for part in sentences.split(text):
        assert text[part.start : part.end] == part.text == part.text.strip()
        assert part.text
        assert part.start >= end
        end = part.end
    assert len(plain(text)) == len(text)


def test_sentences_of_a_letter() -> None:
    text = "Dear Mr. Lang,\nthe fee (e.g. for May) rose by 3.5 per\ncent! Why?\n\n- item one\n- item two\n> quoted\nBye"
    assert [part.text for part in sentences.split(text)] == [
        "Dear Mr. Lang,",
        "the fee (e.g. for May) rose by 3.5 per\ncent!",
        "Why?",
        "- item one",
        "- item two",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Three families told me that they had a confirmation, but they are not on my list.",
        "I would like to speak to your manager.",
        "We are concerned about the schedule.",
        "The invoice is wrong again.",
        "I am copying our managing director.",
    ],
)
def test_a_complaint_need_not_name_a_feeling(text: str) -> None:
    reading = read_incoming(text)
    assert [issue.quote for issue in reading.issues] == [text]
    assert reading.feelings == ()


def test_a_feeling_is_quoted_where_it_stands() -> None:
    text = "The lift is stuck again. Our tenants walk up nine floors. I am furious. We had hoped for better by now."
    assert {each.kind: each.quote for each in read_incoming(text).feelings} == {
        "anger": "I am furious.",
        "disappointment": "We had hoped for better by now.",
    }


def test_the_fact_stands_above_the_mood() -> None:
    reading = read_incoming(
        "Third invoice with an error. The work is good, which makes it the more annoying. VAT has been charged twice."
    )
    first = max(reading.issues, key=lambda issue: issue.p)
    assert first.quote == "Third invoice with an error."
    assert min(reading.issues, key=lambda issue: issue.p).rule == "frustrated"


def test_who_sends_others_to_us() -> None:
    text = "We are so happy. I have given your name to Bea at the museum, who needs exactly this."
    assert [each.quote for each in read_incoming(text).referral] == [text[17:]]
    assert read_incoming("I have given your name to reception.").referral == ()


HEARD = {"complaint", "anger", "frustration", "disappointment", "leaving", "scope_request", "praise", "referral"}
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def _heard(text: str) -> list[tuple[str, str]]:
    reading = read_incoming(text)
    named = (("complaint", reading.issues), ("leaving", reading.leaving), ("referral", reading.referral))
    found: list[tuple[str, str]] = [(kind, span.quote) for kind, spans in named for span in spans]
    found += [("scope_request", span.quote) for span in reading.scope_request]
    found += [("praise", span.quote) for span in reading.praise]
    return found + [(feeling.kind, feeling.quote) for feeling in reading.feelings]


@pytest.mark.parametrize("client", agency.STORY, ids=lambda client: str(client.name))
def test_the_sample_agency_is_heard_as_it_was_written(client: agency.ClientStory) -> None:
    """Every English quote of its truth is found, and of calm clients nothing is said lately that they did not mean."""
    mine = {person.email for person in client.people}
    letters = [letter for letter in agency.letters(NOW) if letter.sender.email in mine]
    for kind, words in agency.quotes_at(client, NOW):
        if kind in HEARD and language.guess(words) == "en":
            body = next(letter.body for letter in letters if words in letter.body)
            assert any(kind == k and (words in quote or quote in words) for k, quote in _heard(body)), words
    lately = [letter.body for letter in letters if NOW - letter.at < timedelta(days=90)]
    wrongly = [(kind, quote) for body in lately for kind, quote in _heard(body) if kind in client.never_shows]
    assert [(kind, quote) for kind, quote in wrongly if kind != "praise"] == []  # praise of a month ago has faded


def test_hardly_anything_fires_on_public_lists() -> None:
    path = LISTS
    if not path.exists():
        pytest.skip(f"the shared corpus is not here: {path}")
    fired = total = 0
    with contextlib.closing(mailbox.mbox(path, create=False)) as box:
        for key in list(box.iterkeys())[::20]:
            message = box[key]
            body = message.get_payload(decode=True)
            if message.get_content_type() == "text/plain" and isinstance(body, bytes):
                total += 1
                fired += read_incoming(body.decode("utf-8", "replace")).complaint >= SHOWN
    assert total > 200
    assert fired / total < 0.03


def _labelled(name: str) -> list[tuple[str, bool]]:
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    assert all(len(row) == 3 and row[1] in ("yes", "no") for row in rows)
    return [(row[0], row[1] == "yes") for row in rows]


def test_precision_on_sentences_of_our_own_holds() -> None:
    for name, precision, recall in (("complaints.tsv", 0.95, 0.85), ("complaints_held.tsv", 0.95, 0.4)):
        rows = _labelled(name)
        found = [truth for text, truth in rows if read_incoming(text).complaint >= SHOWN]
        assert sum(found) / len(found) >= precision
        assert sum(found) / sum(truth for _, truth in rows) >= recall
