"""Drills: the shipped ones can be played to every end; a file that is none is told in one clear sentence."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from amends.flows.recovery.drilling import grade
from amends.judgement.guard import Client, Context, Draft, Earlier, Mailbox, check, moves
from amends.recovery.drills import GRADES, BadDrill, Drill, Line, from_toml, in_folder, shipped

ADA = Mailbox("ada@studio.example", "Ada Moss")
GOOD = """
title = "T"
about = "A"
client = "C"
person = "Pia Court"
role = "R"
[[line]]
id = "one"
says = "I am angry."
feeling = "anger"
asks = [{ move = "owns", why = "W" }]
answers = ["It is our fault.", "No."]
then = { well = "end", partly = "end", badly = "end" }
[[ending]]
id = "end"
end = "open"
says = "S"
became = "B"
"""


def _graded(drill: Drill, line: Line, answer: str) -> str:
    them = Mailbox(drill.email, drill.person)
    draft = Draft(answer, sender=ADA, to=(them,), at=datetime(2026, 3, 10, 9, tzinfo=UTC))
    context = Context(
        own_domains=frozenset({ADA.domain}), thread=(Earlier(line.says, them, (ADA,)),),
        clients=(Client(drill.client, (them.domain,), (them,)),),
    )  # fmt: skip
    return grade(line, check(draft, context).findings, moves(draft, context))


LINES = [(drill, line) for drill in shipped() for line in drill.lines.values()]


@pytest.mark.parametrize(("drill", "line"), LINES, ids=lambda one: getattr(one, "slug", None) or one.id)
def test_each_line_has_one_answer_that_is_heard_and_others_that_are_not(drill: Drill, line: Line) -> None:
    graded = [_graded(drill, line, answer) for answer in line.answers]
    assert graded[0] == "well", "the first one written is the good one"
    assert "well" not in graded[1:]


def test_three_drills_are_shipped_and_each_can_be_mended() -> None:
    assert len(shipped()) == 3
    for drill in shipped():
        assert {one.end for one in drill.endings.values()} == {"mended", "open", "lost"}
        place = drill.first
        while place in drill.lines:
            place = drill.lines[place].then["well"]
        assert drill.endings[place].end == "mended"


def test_what_a_bare_admission_and_a_promise_without_a_day_come_to() -> None:
    drill = next(one for one in shipped() if one.slug == "the-remark")
    line = drill.lines["between-ourselves"]
    assert _graded(drill, line, "I will mend the form soon. What would put it right for you?") == "partly"
    assert _graded(drill, line, "I will mend the form today by five. What would put it right for you?") == "well"
    assert _graded(drill, line, "You should have told us in May.") == "badly"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('title = "T"', "title = 3"), "title of the file is to be a text"),
        (('title = "T"', "title = "), "is not TOML"),
        (('move = "owns"', 'move = "sings"'), "a move that line 'one' asks for is one of owns, sorry,"),
        (('badly = "end"', 'badly = "nowhere"'), "line 'one' leads to 'nowhere', which there is not"),
        (('badly = "end"', 'badly = "one"'), "line 'one' comes back to itself"),
        (('partly = "end", ', ""), "line 'one' needs then = { well = …, partly = …, badly = … }"),
        (('end = "open"', 'end = "fine"'), "the end of ending 'end' is one of mended, open, lost"),
        (('["It is our fault.", "No."]', '["No."]'), "line 'one' needs 2 to 6 answers"),
        (('feeling = "anger"', 'feeling = "bored"'), "the feeling of line 'one' is one of anger"),
        (
            ("[[ending]]", '[[ending]]\nid = "b"\nend = "open"\nsays = "S"\nbecame = "B"\n[[ending]]'),
            "nothing leads to",
        ),
        (("[[line]]", "[[lines]]"), "it has no [[line]]"),
    ],
)
def test_a_file_that_is_no_drill_is_told_in_one_sentence(change: tuple[str, str], said: str, tmp_path: Path) -> None:
    assert list(from_toml("good.toml", GOOD).lines["one"].then) == list(GRADES)
    with pytest.raises(BadDrill) as raised:
        from_toml("mine.toml", GOOD.replace(*change))
    assert said in str(raised.value)
    assert str(raised.value).startswith("mine.toml is n")
    (tmp_path / "good.toml").write_text(GOOD)
    (tmp_path / "mine.toml").write_text(GOOD.replace(*change))
    (tmp_path / "raw.toml").write_bytes(b"\xff")
    found, problems = in_folder(tmp_path)
    assert ([one.slug for one in found], len(problems)) == (["good"], 2)
    assert in_folder(tmp_path / "none") == ([], [])
