"""`amends read`: what a script can rely on, with no database and no home."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.letters import OURS, THEIRS, letter
from tests.processes import environment
from tests.unit.judgement.model.tiny import tiny

from amends.cli.main import main
from amends.judgement.model import Model, load, use

pytestmark = pytest.mark.once

KEYS = {
    "new_text", "language", "emotions", "complaint", "issues", "promises", "requests", "wanted_outcome", "scope",
    "leaving", "praise",
}  # fmt: skip
EMOTIONS = ["anger", "frustration", "disappointment", "worry", "confusion", "gratitude", "joy", "neutral"]
SPAN = {"quote", "start", "end", "p"}
AT = datetime(2026, 3, 12, 10, 30, tzinfo=UTC)  # a Thursday
CROSS = "Dear Ada,\n\nThe invoice is wrong again. We are very disappointed.\n"


def process(folder: Path, *words: str, given: bytes | None = None, model: str = "off") -> tuple[int, str, str]:
    """Run the real command where no home can be: its folder would lie within a file. Exit code, output and error."""
    (folder / "file").write_bytes(b"")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", "-m", "amends.cli.main", "read", *words],
        env=environment(folder / "file" / "home", AMENDS_MODEL=model), input=given, capture_output=True,
        timeout=300, check=False, cwd=folder,
    )  # fmt: skip
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def amends(*words: str, code: int = 0, given: bytes | None = None, model: Model | None = None) -> tuple[str, str]:
    """Run the command within this process, with this model or rules alone. Standard output and error."""
    with use(model):
        done = CliRunner().invoke(main, ["read", *words], input=given, catch_exceptions=False)
    assert done.exit_code == code, f"{done.exit_code}: {done.stderr}{done.stdout}"
    return done.stdout, done.stderr


def judged(*words: str, given: bytes | None = None, model: Model | None = None) -> list[dict[str, Any]]:
    """The objects printed, each found to be as promised."""
    return objects(amends(*words, "--json", given=given, model=model)[0])


def objects(out: str) -> list[dict[str, Any]]:
    """One a line, each with exactly the keys that are promised."""
    assert out.endswith("\n")
    found = [json.loads(line) for line in out.splitlines()]
    for each in found:
        assert set(each) == KEYS
        assert list(each["emotions"]) == EMOTIONS
        assert sum(each["emotions"].values()) == pytest.approx(1, abs=1e-9)
        assert bool(each["issues"]) == (each["complaint"] >= 0.5)
        for kind in ("issues", "requests", "wanted_outcome", "scope", "promises"):
            for span in each[kind]:
                assert set(span) >= SPAN
                assert each["new_text"][span["start"] : span["end"]] == span["quote"]
                assert 0 <= span["p"] <= 1
        assert all(set(span) == SPAN for span in each["issues"])
        assert all(set(one) - {"p"} == {"quote", "start", "end", "by", "due"} for one in each["promises"])
        assert all(0 <= each[name] <= 1 for name in ("complaint", "leaving", "praise"))
    return found


def _write(folder: Path, **files: bytes) -> list[str]:
    paths = [folder / name.replace("_", ".") for name in files]
    for path, data in zip(paths, files.values(), strict=True):
        path.write_bytes(data)
    return [str(path) for path in paths]


@pytest.mark.parametrize("by", ["rules", "model"])
def test_several_files_are_one_object_a_line_in_their_order(tmp_path: Path, by: str) -> None:
    chosen = load(tiny(tmp_path / "tiny")) if by == "model" else None
    paths = _write(
        tmp_path,
        b_eml=letter(CROSS, at=AT),
        a_txt=b"Thank you for the lovely brochure.",
        c_eml=letter("We will send it on Friday.\n", at=AT, encoding="base64"),
        d_txt=b"",
    )
    found = judged(*paths, paths[0], model=chosen)
    texts = [each["new_text"].strip() for each in found]
    assert texts == [
        CROSS.strip(), "Thank you for the lovely brochure.", "We will send it on Friday.", "", CROSS.strip(),
    ]  # fmt: skip
    assert found[0] == found[4]
    assert [each["language"] for each in found] == ["en"] * 5
    assert judged(paths[0], model=chosen) == found[:1]


def test_a_complaint_is_quoted(tmp_path: Path) -> None:
    [found] = judged(*_write(tmp_path, a_eml=letter(CROSS, at=AT)))
    assert [issue["quote"] for issue in found["issues"]] == ["The invoice is wrong again.", "We are very disappointed."]
    assert found["emotions"]["disappointment"] > found["emotions"]["neutral"]


def test_no_home_and_no_database_is_needed_or_made(tmp_path: Path) -> None:
    """Without a model it is told on the other channel that rules judge alone."""
    [path] = _write(tmp_path, a_eml=letter(CROSS, at=AT))
    code, out, err = process(tmp_path, path, "-", "--json", given=CROSS.encode())
    assert (code, err) == (0, "Judged by rules alone. The model is switched off (AMENDS_MODEL=off).\n")
    assert [each["complaint"] > 0.5 for each in objects(out)] == [True, True]
    assert {each.name for each in tmp_path.iterdir()} == {"a.eml", "file"}


def test_with_a_model_nothing_is_said_on_the_other_channel(tmp_path: Path) -> None:
    code, out, err = process(tmp_path, "-", "--json", given=CROSS.encode(), model=str(tiny(tmp_path / "tiny")))
    assert (code, err, len(objects(out))) == (0, "", 1)
    assert {each.name for each in tmp_path.iterdir()} == {"tiny", "file"}


def test_wrong_input_ends_the_real_command_with_2(tmp_path: Path) -> None:
    code, out, err = process(tmp_path, "none.eml", "--json")
    assert (code, out) == (2, "")
    assert "none.eml" in err.splitlines()[-1]
    assert "Traceback" not in err


@pytest.mark.parametrize("data", [CROSS.encode(), letter(CROSS, at=AT), CROSS.replace("\n", "\r\n").encode("utf-16")])
def test_standard_input_is_a_file_too(tmp_path: Path, data: bytes) -> None:
    [found] = judged("-", given=data)
    assert found["new_text"].strip() == CROSS.strip()
    assert found["complaint"] > 0.5


def test_quotes_and_signatures_are_not_judged(tmp_path: Path) -> None:
    own = "Dear Ada,\n\nplease see the plan for the week.\n"
    quoted = "\nOn Mon, 9 Mar 2026 Kim wrote:\n> The invoice is wrong again. We are very disappointed.\n"
    signed = "\n-- \nPetra Hartwell\nWe are very disappointed Ltd.\n"
    eml = letter(own + signed + quoted, at=AT)
    for found in judged(*_write(tmp_path, a_eml=eml, b_txt=(own + signed + quoted).encode())):
        assert "plan for the week" in found["new_text"]
        assert "disappointed" not in found["new_text"]
        assert (found["complaint"], found["issues"]) == (0, [])


@pytest.mark.parametrize(
    ("own", "by", "complains"),
    [
        (["studio.example"], "firm", False),
        (["@Studio.Example"], "firm", False),
        (["elm.example", "studio.example"], "firm", False),
        ([], "client", True),
        (["elm.example"], "client", True),
        (["udio.example"], "client", True),
    ],
)
def test_whose_message_it_is(tmp_path: Path, own: list[str], by: str, complains: bool) -> None:
    text = "Dear Petra,\n\nI'll send the draft by Friday. We are very disappointed.\n"
    path = _write(tmp_path, a_eml=letter(text, at=AT, sender=OURS, to=THEIRS))
    [found] = judged(*path, *(word for each in own for word in ("--own-domain", each)))
    assert [promise["by"] for promise in found["promises"]] == [by]
    assert (found["complaint"] > 0.5, bool(found["issues"])) == (complains, complains)
    assert found["leaving"] == found["praise"] == 0


@pytest.mark.parametrize(
    ("options", "due"),
    [
        (["--at", "2026-03-12T10:30", "--tz", "Europe/London"], "2026-03-13T12:00:00+00:00"),
        (["--at", "2026-07-16T10:30", "--tz", "Europe/London"], "2026-07-17T12:00:00+01:00"),
        (["--at", "2026-03-12T10:30+05:00"], "2026-03-13T12:00:00+05:00"),
        (["--at", "2026-03-12T23:30:00Z", "--tz", "Asia/Tokyo"], "2026-03-14T12:00:00+09:00"),
        (["--at", "2026-03-12"], "2026-03-13T12:00:00+00:00"),
    ],
)
def test_when_a_text_without_a_date_was_written(tmp_path: Path, options: list[str], due: str) -> None:
    [found] = judged("-", *options, given=b"I'll send it tomorrow by noon.")
    assert [promise["due"] for promise in found["promises"]] == [due]


def test_a_messages_own_date_and_zone_come_first(tmp_path: Path) -> None:
    raw = letter("I'll send it tomorrow by noon.\n", at=AT).replace(b"10:30:00 +0000", b"10:30:00 -0500")
    assert b"-0500" in raw
    undated = b"\n".join(line for line in raw.split(b"\n") if not line.startswith(b"Date:"))
    paths = _write(tmp_path, a_eml=raw, b_eml=undated)
    found = judged(*paths, "--at", "2026-06-01T09:00+00:00")
    assert [each["promises"][0]["due"] for each in found] == ["2026-03-13T12:00:00-05:00", "2026-06-02T12:00:00+00:00"]


def test_a_promise_without_a_date_has_none() -> None:
    [found] = judged("-", given=b"I'll send it to you.")
    assert [promise["due"] for promise in found["promises"]] == [None]


def test_another_language_is_not_judged() -> None:
    text = "Sehr geehrte Frau Moss, die Rechnung ist schon wieder falsch und wir sind sehr enttäuscht von Ihnen."
    [found] = judged("-", given=text.encode())
    assert found["language"] == "de"
    assert (found["complaint"], found["issues"], found["emotions"]["neutral"]) == (0, [], 1)
    _, err = amends("-", "--json", given=text.encode())
    assert "not judged" in err


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 1000,
        b"\xff\xfe\xfd" * 100,
        b"From: \n\n",
        b"Subject: =?x?q?=00?=\nFrom: a\n\n\xff",
        b"\xed\xa0\x80 hello",
        "🙂".encode() * 500,
    ],
)
def test_any_bytes_are_read(tmp_path: Path, data: bytes) -> None:
    [found] = judged("-", given=data)
    assert found["issues"] == []


def test_for_a_person_it_is_told_in_words(tmp_path: Path) -> None:
    [path] = _write(tmp_path, a_eml=letter(CROSS + "\nI'll pay on Friday.\n", at=AT))
    out, _ = amends(path)
    assert out.splitlines()[0] == path
    assert "something is wrong" in out
    assert "client promises" in out
    assert "Friday 13 March 2026" in out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["none.eml"], "none.eml"),
        (["."], "."),
        (["ok.txt", "none.eml"], "none.eml"),
        (["ok.txt", "--at", "yesterday"], "'yesterday' is no time"),
        (["ok.txt", "--at", "0001-01-01"], "is too far away"),
        (["ok.txt", "--at", "9999-12-31T23:59:59-23:00"], "is too far away"),
        (["ok.txt", "--tz", "Mars/Olympus"], "'Mars/Olympus' is no time zone"),
        (["ok.txt", "--tz", "../../etc/passwd"], "is no time zone"),
        (["ok.txt", "--tz", ""], "is no time zone"),
        ([], "FILE"),
        (["ok.txt", "--nonsense"], "--nonsense"),
    ],
)
def test_what_is_wrong_is_told_in_one_clear_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    _write(tmp_path, ok_txt=CROSS.encode())
    out, err = amends(*words, "--json", code=2)
    assert out == ""
    assert says in err.splitlines()[-1]
