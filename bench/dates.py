"""How often a date or a time in a sentence is resolved rightly, beside other parsers, and how fast.

    python bench/dates.py [--show] [--test]

On Microsoft's Recognizers-Text specifications for English (MIT), which lie in `shared/data/dates`. CASES of it: every
sentence with exactly one result, of type date or datetime, with a resolved value and a reference date, from the five
files in FILES, each pair of sentence and reference once. They are cut in two by a hash of the sentence; the rules were
written against the dev half alone, and the test half is looked at only with --test.

Right is what equals a resolved value: the day, and for a datetime the time to the second. Where the specification
gives a past and a future value, the future one counts, and the past one too where the sentence is plainly in the past
(PAST). The set is American, so month and day are read so; its days end at 23:59:59, and so does our working day here.
A parser that finds several expressions is taken by the one it would call the deadline (ours), or the first (others).

On `tests/data/due.tsv`, business sentences of our own words, the figure flatters: the rules were mended against it.
FIRST_LOOK has what each gave when it was first read; that of the test half is the one to quote.

Peers are measured where they are installed: `pip install dateparser parsedatetime`, neither is a dependency.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib
import json
import math
import random
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import time as clock
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from amends.judgement.due import due, find
from amends.judgement.working_time import WorkingTime
from bench import table

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data" / "dates"
OWN = ROOT / "tests" / "data" / "due.tsv"
FILES = ("DateTimeModel", "MergedParser", "DateParser", "DateTimeParser", "HolidayParser")
PAST = re.compile(
    r"\b(?:went|was|were|had|did|sent|met|ago|last|yesterday|happened|sold|bought|born|arrived|came|left|took)\b",
    re.I,
)
FIRST_LOOK = {
    "dev half": "124 of 139 (.892)",
    "test half": "84 of 105 (.800), when the dev half stood at 137 of 139 (.986)",
    "due.tsv": "252 of 263 (.958); of the 11 misses 4 were wrong in the file, which was then mended",
}
AMERICAN = WorkingTime(timezone="UTC", end=clock(23, 59, 59), country="US")
Parser = Callable[[str, datetime], datetime | None]


@dataclass(frozen=True)
class Case:
    """A sentence, when it is read, and what counts as right."""

    text: str
    at: datetime
    timed: bool
    values: tuple[datetime, ...]

    def right(self, found: datetime | None) -> bool:
        """Is this the resolved value."""
        if found is None:
            return False
        plain = found.replace(tzinfo=None)
        return any(plain == each if self.timed else plain.date() == each.date() for each in self.values)


def cases() -> list[Case]:
    """The sentences with one resolved date, in the order of the files."""
    found: dict[tuple[str, str], Case] = {}
    for name in FILES:
        for spec in json.loads((SHARED / f"{name}.json").read_text(encoding="utf-8-sig")):
            results, at = spec.get("Results") or [], (spec.get("Context") or {}).get("ReferenceDateTime")
            if len(results) != 1 or at is None:
                continue
            kind = (results[0].get("TypeName") or results[0].get("Type") or "").rpartition(".")[2]
            values = resolved(results[0]) if kind in ("date", "datetime") else []
            if values and (spec["Input"], at) not in found:
                reference = datetime.fromisoformat(at)
                fitting = tuple(accepted(spec["Input"], reference, values))
                found[spec["Input"], at] = Case(spec["Input"], reference, kind == "datetime", fitting)
    return list(found.values())


def resolved(result: dict[str, Any]) -> list[datetime]:
    """The values of one result, whichever of the three ways the file has of giving them."""
    value = result.get("Resolution") or result.get("Value") or {}
    raw = [each.get("value") for each in value.get("values", ())]
    for key in ("FutureResolution", "PastResolution"):
        raw.extend((value.get(key) or {}).values())
    dates = [each for each in raw if each and each[:4].isdigit() and each[:4] != "0001"]
    return [datetime.fromisoformat(each) for each in dates]


def accepted(text: str, at: datetime, values: Iterable[datetime]) -> list[datetime]:
    """The future values, the past ones too where the sentence is in the past, and all where none is of the future."""
    every = list(values)
    future = [each for each in every if each.date() >= at.date()]
    return every if PAST.search(text) or not future else future


def half(text: str) -> str:
    """ "dev" or "test", by the sentence alone."""
    return "dev" if int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2 == 0 else "test"


def ours(text: str, at: datetime) -> datetime | None:
    """What we make of the sentence: its deadline, or else the first date that it mentions."""
    aware = at.replace(tzinfo=UTC)
    chosen = due(text, at=aware, working=AMERICAN)
    if chosen is not None and chosen.at is not None:
        return chosen.at
    return next((each.at for each in find(text, at=aware, working=AMERICAN) if each.at is not None), None)


def peers() -> dict[str, Parser]:
    """The other parsers that are installed."""
    found: dict[str, Parser] = {}
    try:
        search = importlib.import_module("dateparser.search").search_dates
    except ImportError:
        table.skipped("dateparser", "not installed")
    else:

        def dateparser(text: str, at: datetime) -> datetime | None:
            settings = {"RELATIVE_BASE": at, "PREFER_DATES_FROM": "future"}
            hits = search(text, languages=["en"], settings=settings)
            return hits[0][1] if hits else None

        found["dateparser"] = dateparser
    try:
        calendar = importlib.import_module("parsedatetime").Calendar()
    except ImportError:
        table.skipped("parsedatetime", "not installed")
    else:

        def parsedatetime(text: str, at: datetime) -> datetime | None:
            hits = calendar.nlp(text, sourceTime=at)
            return hits[0][0] if hits else None

        found["parsedatetime"] = parsedatetime
    return found


def interval(right: list[bool], rounds: int = 2000) -> str:
    """The share that is right with its 95 percent interval by bootstrap over the cases."""
    draw = random.Random(0)
    shares = sorted(sum(draw.choices(right, k=len(right))) / len(right) for _ in range(rounds))
    low, high = shares[int(0.025 * rounds)], shares[int(0.975 * rounds)]
    return f"{sum(right) / len(right):.3f} ({low:.2f} to {high:.2f}), {sum(right)} of {len(right)}"


def attempt(parser: Parser, case: Case) -> datetime | None:
    """The parser's answer; one that raises has none."""
    try:
        return parser(case.text, case.at)
    except Exception:  # a peer's failure is its answer
        return None


def specifications(*, show: bool, test: bool) -> None:
    """The table over the shared specifications."""
    if not SHARED.is_dir():
        table.skipped("the Recognizers-Text specifications", f"{SHARED} is not here")
        return
    every = cases()
    halves = {name: [case for case in every if half(case.text) == name] for name in ("dev", "test")}
    names = ("dev", "test") if test else ("dev",)
    print(f"{len(every)} cases: {len(halves['dev'])} dev, {len(halves['test'])} test")
    rows = []
    for name, parser in {"amends": ours, **peers()}.items():
        answers = {each: [attempt(parser, case) for case in halves[each]] for each in names}
        right = {
            each: [case.right(got) for case, got in zip(halves[each], answers[each], strict=True)] for each in names
        }
        rows.append([name, *(interval(right[each]) for each in names), f"{milliseconds(parser, halves['dev']):.2f}"])
        if show and name == "amends":
            missed = [
                (case, got) for case, got in zip(halves["dev"], answers["dev"], strict=True) if not case.right(got)
            ]
            for case, got in missed:
                print(f"  missed {case.text!r} at {case.at}: {got} for {', '.join(map(str, case.values))}")
    table.show("Resolved rightly", ["parser", *names, "ms a sentence"], rows)


def milliseconds(parser: Parser, among: list[Case]) -> float:
    """CPU time a sentence, the best of three rounds."""
    best = math.inf
    for _ in range(3):
        started = time.process_time()
        for case in among:
            attempt(parser, case)
        best = min(best, time.process_time() - started)
    return 1000 * best / len(among)


PLACES = {
    "Europe/London": WorkingTime(timezone="Europe/London", country="GB", subdivision="ENG"),
    "America/New_York": WorkingTime(timezone="America/New_York", country="US"),
}


def business() -> list[tuple[str, datetime, str]]:
    """Our own sentences: text, when it was written, and what is expected: ISO, `open` or `none`."""
    lines = [line for line in OWN.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return [
        (text, datetime.fromisoformat(at.split()[0]).replace(tzinfo=ZoneInfo(at.split()[1])), expected)
        for text, at, expected in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    ]


def answer(text: str, at: datetime) -> str:
    """Our deadline in the form of `due.tsv`: a date where no hour is said, else to the minute."""
    found = due(text, at=at, working=PLACES.get(str(at.tzinfo)))
    if found is None:
        return "none"
    if found.at is None:
        return "open"
    local = found.at.astimezone(at.tzinfo)
    return local.strftime("%Y-%m-%d") if found.whole_day else local.strftime("%Y-%m-%dT%H:%M")


def own(*, show: bool) -> None:
    """Our own sentences, and the speed with and without a date in them."""
    rows = business()
    right = [answer(text, at) == expected for text, at, expected in rows]
    table.show("Business sentences of our own (flatters)", ["set", "right"], [["due.tsv", interval(right)]])
    if show:
        for (text, at, expected), fits in zip(rows, right, strict=True):
            if not fits:
                print(f"  missed {text!r} at {at}: {answer(text, at)} for {expected}")
    dated = [text for text, _, expected in rows if expected not in ("none", "open")]
    plain = list(PLAIN * 40)
    at = datetime(2026, 3, 12, 10, 30, tzinfo=ZoneInfo("Europe/London"))
    speed = []
    for name, texts in (("with a date", dated), ("without one", plain)):
        best = min(timed(texts, at) for _ in range(5))
        speed.append([name, f"{1000 * best / len(texts):.3f}"])
    table.show("Speed of due()", ["sentences", "ms each"], speed)


def timed(texts: list[str], at: datetime) -> float:
    """CPU seconds for all of these."""
    started = time.process_time()
    for text in texts:
        due(text, at=at)
    return time.process_time() - started


PLAIN = [
    "Thank you for the quick answer, the drawings are exactly what we had in mind for the new building.",
    "Our finance team has reviewed the proposal and would like to understand how the fee was made up.",
    "Could you explain why the colours of the brochure look so different from the proof we approved?",
    "I am copying in my colleague, who looks after everything that concerns the website and its hosting.",
]


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print what is missed in the dev half and in our own set")
    parser.add_argument("--test", action="store_true", help="also the half that is looked at only once")
    wanted = parser.parse_args()
    print(table.machine())
    for name, figure in FIRST_LOOK.items():
        print(f"first look, {name}: {figure}")
    specifications(show=wanted.show, test=wanted.test)
    if OWN.exists():
        own(show=wanted.show)
    else:
        table.skipped("our own sentences", f"{OWN} is not here")


if __name__ == "__main__":
    main()
