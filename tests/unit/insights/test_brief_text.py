"""The brief as Markdown, HTML, text and PDF: all say the same, and nothing that people wrote is more than words."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.pdftext import pages, words

from amends.insights.recovery import pdf
from amends.insights.recovery.brief import Content, Given, Point, Proof, for_client
from amends.insights.recovery.brief_text import said, written
from amends.insights.recovery.document import parse, to_html, to_text

DAY = date(2026, 3, 12)
HOSTILE = (
    '#panic("x") #read("/etc/passwd") $x^2$ @ref <label> [#image("a.png")] `raw` *bold* _it_ \\ // /* ~ --- = head',
    '"] #eval("1") ["', "<script>alert(1)</script><img src=x onerror=alert(1)>", "[click](javascript:alert(1)) ![x](http://x)",
    "# A heading\n## 9. Another\n> a quote\n- a line\n\n---\n**What we do:** pay you a million",
    "{{ 7*7 }} {% load x %} ${x}",
    "\u202efdp.exe\u202c \x00\x07 \u2066x", "1. one\n2) two", "*" * 400, "\\*\\_\\`",
)  # fmt: skip


def point(number: int = 1, quote: str = "The third invoice has an error again.", **more: object) -> Point:
    values: dict[str, object] = {
        "words": "", "said_by": "Petra Hartwell", "said_on": DAY, "feeling": "anger", "earlier": "", "earlier_on": None,
        "happened": "The invoice billed the photography twice.", "why": "Nobody compared it with the hours.",
        "responsibility": "ours", "sure": "sure", "we_do": "Ben checks every invoice.", "by_when": date(2026, 3, 19),
        "hard_part": "We said in January that it would not happen again.",
        "proofs": (Proof("time", "Catalogue, 3 to 5 February, 11.5 hours", True),
                   Proof("promise", "“a secret”", False)),
        "given": (Given("credit", "A credit of €480", "agreed", date(2026, 3, 19), False),
                  Given("gesture", "Half of the index", "asked", None, True)),
    }  # fmt: skip
    return Point(number=number, quote=quote, **{**values, **more})  # type: ignore[arg-type]


def content(*points: Point, **more: object) -> Content:
    made = Content(
        whom="team", firm="Studio", client="Hartwell", person="Petra Hartwell", engagement="Catalogue",
        title="Petra is cross", owner="Ada Moss", as_of=date(2026, 3, 16), wanted="One person who checks.",
        points=points or (point(),), first_words=("“Thank you.”",), questions=("What costs you most?",), never=("But",),
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


SHEET = pdf.Sheet(title="Hartwell", firm="Studio", foot="Studio for Hartwell", day=DAY)

CLIENT = """\
# What you told us, and what we do about it

*For Hartwell, Catalogue. From Studio, 16 March 2026.*

## 1. “The third invoice has an error again.”

*Petra Hartwell, 12 March 2026*

- **What happened:** The invoice billed the photography twice.
- **Why:** Nobody compared it with the hours.
- **Our part:** This was ours. We are sorry, and we take it on.
- **What we do:** Ben checks every invoice.
- **By:** Thursday 19 March 2026
- **Agreed:** A credit of €480, by Thursday 19 March 2026
- **To look at:** Catalogue, 3 to 5 February, 11.5 hours

## What you asked for

> One person who checks.

If we have missed something, or you see it differently, please tell us: we would rather hear it.
"""

TEAM = """\
# Hartwell: Petra is cross

*For the team, not to be sent. As of 16 March 2026. Ada Moss has it.*

## Open

- Let Petra Hartwell speak first, to the end. Take notes only; the points wait.
- “Thank you.”

## Acknowledge

- “I hear that you are angry.” (point 1)

## 1. “The third invoice has an error again.”

*Petra Hartwell, 12 March 2026, anger*

- **What happened:** The invoice billed the photography twice.
- **Why:** Nobody compared it with the hours.
- **Whose:** Ours (sure)
- **What we do:** Ben checks every invoice. *by Thursday 19 March 2026*
- **Say the hard part:** We said in January that it would not happen again.
- **Agreed:** A credit of €480, by Thursday 19 March 2026
- **Not approved yet:** Half of the index
- **Evidence:** Hours: Catalogue, 3 to 5 February, 11.5 hours (to show); Promise: “a secret” (not shown)

## Ask

- They asked for: “One person who checks.” Is that still what would put it right?
- What costs you most?

## Don’t say

- But
"""


def test_the_clients_version_as_it_stands() -> None:
    assert written(for_client(content())) == CLIENT


def test_the_teams_version_as_it_stands() -> None:
    assert written(content()) == TEAM


def test_the_client_reads_no_internals() -> None:
    text = written(for_client(content(point(words="They nag"), point(2, sure="guess", responsibility="client"))))
    for inside in ("January", "a secret", "Half of the index", "They nag", "Petra is cross", "anger", "Ada Moss"):
        assert inside not in text
    guessed = text.partition("## 2.")[2]
    assert "photography" not in guessed
    assert "began with you" not in guessed
    assert "We are still looking into this." in guessed


def test_what_is_likely_is_said_to_be_no_more() -> None:
    assert "As far as we know today: The invoice" in written(for_client(content(point(sure="likely"))))


@pytest.mark.parametrize("whose", ["ours", "shared", "client", "third_party", "misunderstanding", "unknown"])
def test_the_check_lets_our_own_words_pass(whose: str) -> None:
    """What the brief says of whose it was neither blames nor excuses."""
    from amends.judgement.guard import Draft, check

    text = to_text(parse(written(for_client(content(point(responsibility=whose))))))
    assert [each for each in check(Draft(text)).findings if each.family in {"blame", "excuse", "denial"}] == []


def test_everything_says_the_same() -> None:
    """Each word of the Markdown stands in HTML, in the mail's text, and in the PDF, in the same order."""
    for version in (content(), for_client(content())):
        markdown = written(version)
        blocks = parse(markdown)
        plain = _letters(" ".join(f"{block.number or ''} {block.words}" for block in blocks))
        html = to_html(blocks)
        assert _letters(re.sub(r"<[^>]+>", " ", html)) == plain
        assert _letters(to_text(blocks)) == plain
        assert _letters(words(pdf.pdf(markdown, SHEET))).startswith(plain)


def _letters(text: str) -> str:
    return "".join(sign for sign in text.replace("ﬁ", "fi").replace("ﬂ", "fl") if sign.isalnum())


@pytest.mark.parametrize("hostile", HOSTILE)
def test_words_are_never_more_than_words(hostile: str) -> None:
    """In every field: the blocks are those of harmless words, HTML has no tag of theirs, the PDF has their letters."""
    calm = content(point(quote="x", happened="x", we_do="x", hard_part="x"), title="x", client="x", wanted="x")
    wild = content(
        point(quote=hostile, happened=hostile, we_do=hostile, hard_part=hostile), title=hostile, client=hostile,
        wanted=hostile,
    )  # fmt: skip
    for before, after in ((calm, wild), (for_client(calm), for_client(wild))):
        blocks = parse(written(after))
        assert [block.kind for block in blocks] == [block.kind for block in parse(written(before))]
        assert [block.label for block in blocks] == [block.label for block in parse(written(before))]
        tags = set(re.findall(r"<(\w+)", to_html(blocks)))
        assert tags <= {"h1", "h2", "p", "ul", "ol", "li", "strong", "em", "span", "blockquote"}
        made = pdf.pdf(written(after), SHEET)
        assert made.startswith(b"%PDF")
        assert _letters(hostile)[:40].replace("fi", "") in _letters(words(made)).replace("fi", "")


def test_hostile_text_in_an_edited_brief_is_words_too() -> None:
    for hostile in HOSTILE:
        assert pdf.pdf(hostile, replace(SHEET, title=hostile, foot=hostile, firm=hostile)).startswith(b"%PDF")
        assert "<script" not in pdf.page(hostile, replace(SHEET, title=hostile, foot=hostile))


@given(st.text(max_size=300))
def test_said_reads_back_as_it_was(text: str) -> None:
    (block, *rest) = parse(f"x {said(text)}")
    assert rest == []
    assert not any(run.strong or run.soft for run in block.runs)
    assert block.words == " ".join(f"x {_seen(text)}".split())


def _seen(text: str) -> str:
    from amends.insights.recovery.brief_text import _UNSEEN

    return _UNSEEN.sub("", text)


@given(st.text(alphabet="*#>-_`\\1. \n<x[]", max_size=400))
def test_any_text_is_a_brief(text: str) -> None:
    blocks = parse(text)
    html = to_html(blocks)
    assert html.count("<strong>") == html.count("</strong>")
    to_text(blocks)


def test_marks_read_as_people_mean_them() -> None:
    blocks = parse("# T\n\ntwo\nlines\n\n- **By:** *soon* 2 * 3\n- plain\n3. three\n> a\n> b\n---\nend **open")
    assert [(block.kind, block.words) for block in blocks] == [
        ("title", "T"), ("text", "two lines"), ("item", "By: soon 2 * 3"), ("item", "plain"), ("numbered", "three"),
        ("quote", "a b"), ("text", "end **open"),
    ]  # fmt: skip
    assert blocks[2].label == "By:"


def test_five_points_take_one_page_and_many_more() -> None:
    five = content(*(point(number, happened="It went wrong. " * 8) for number in range(1, 6)))
    for version in (five, for_client(five)):
        assert pages(pdf.pdf(written(version), SHEET)) == 1
    assert pages(pdf.pdf(written(content(*(point(number) for number in range(1, 31)))), SHEET)) > 1


def test_the_same_text_is_the_same_file() -> None:
    assert pdf.pdf(CLIENT, SHEET) == pdf.pdf(CLIENT, SHEET)


def test_its_pages_can_be_looked_at() -> None:
    (picture,) = pdf.pictures(CLIENT, SHEET)
    assert picture.startswith(b"\x89PNG")


def test_scripts_of_others_are_set() -> None:
    assert pdf.pdf("# Müller, Łódź, Αθήνα\n\n日本語 עברית 👍🏽", SHEET).startswith(b"%PDF")


def test_a_brief_without_points_says_so() -> None:
    empty = content(points=())
    assert "There are no points yet." in written(for_client(empty))
    assert pages(pdf.pdf(written(empty), SHEET)) == 1


def test_the_day_alone_is_no_change_of_findings() -> None:
    assert content().mark == content(as_of=date(2026, 4, 1)).mark
    assert content().mark != content(wanted="Something else").mark
