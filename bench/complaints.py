"""How often a complaint is found, and how often something else is taken for one.

    python bench/complaints.py [--show]

On three sets of our own words. `complaints.tsv` was used to mend the rules after its first look, so its figures now
flatter, and so in part do those of `complaints_held.tsv`, whose misses have since been read. `letters_held.tsv` was
written before the rules for plain facts and not looked at until they were done; it is hard on purpose, because half of
its complaints have no word of displeasure. The same hand wrote letters and rules: mail of others may be harder still.
FIRST_LOOK has what each gave when it was first read.

The speed is that of reading a message for everything and judging whether it expects an answer, by CPU time, the best
of five rounds.

Where the shared corpora lie beside the repository it also prints how much of them fires: comments of programmers,
where nearly all of that is wrong, and conversations with companies, where about half are complaints.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from amends.demo import agency
from amends.judgement.answering import expects_answer
from amends.judgement.reading import SHOWN, read_incoming

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
SHARED = ROOT.parent / "shared" / "data"
LETTER = 150
FIRST_LOOK = {
    "complaints": "precision .868, recall .252",
    "complaints_held": "precision 1.000, recall .100",
    "letters_held": "precision .667, recall .150",
}


def rows(name: str) -> list[tuple[str, bool, str]]:
    """Text, is it a complaint, trade."""
    lines = [
        line
        for line in (DATA / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    return [
        (text, label == "yes", trade)
        for text, label, trade in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
    ]


def interval(part: int, whole: int) -> str:
    """A share with its 95 percent interval (Wilson 1927)."""
    if not whole:
        return "none"
    z, p = 1.96, part / whole
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    return f"{p:.3f} ({middle - half:.2f} to {middle + half:.2f}), {part} of {whole}"


def own(name: str, *, show: bool) -> None:
    """Precision and recall on the sentences of our own."""
    judged = [(text, truth, read_incoming(text).complaint) for text, truth, _ in rows(name)]
    right = sum(truth and p >= SHOWN for _, truth, p in judged)
    fired = sum(p >= SHOWN for _, _, p in judged)
    print(f"{name}: precision {interval(right, fired)}")
    print(f"               recall    {interval(right, sum(truth for _, truth, _ in judged))}")
    print(f"               at the first look: {FIRST_LOOK[name]}")
    for low, high in ((0.5, 0.7), (0.7, 0.85), (0.85, 1.0)):
        inside = [truth for _, truth, p in judged if low <= p < high]
        print(f"               confidence {low} to {high}: right {interval(sum(inside), len(inside))}")
    if show:
        for text, truth, p in judged:
            if truth != (p >= SHOWN):
                print(f"  {'missed' if truth else 'wrong '} {p:.2f} {text}")


def conversations(name: str) -> None:
    """What share of real conversations with companies is read as a complaint."""
    path = SHARED / "customer_care" / f"{name}.json"
    if not path.exists():
        print(f"{path.name}: not here, skipped")
        return
    texts = [
        " ".join(turn["message"] for turn in each["dialogContent"] if "client" in turn)
        for each in json.loads(path.read_text(encoding="utf-8"))
    ]
    fired = sum(read_incoming(text).complaint >= SHOWN for text in texts)
    print(f"conversations with companies ({name}): fired {interval(fired, len(texts))}")


def comments() -> None:
    """What is fired on heated and calm comments of programmers, all of them no client's."""
    path = SHARED / "incivility" / "comments.csv"
    if not path.exists():
        print(f"{path.name}: not here, skipped")
        return
    with path.open(encoding="utf-8", newline="") as file:
        found = [(row["tbdf"] == "None", read_incoming(row["comment_body"]).complaint) for row in csv.DictReader(file)]
    for calm in (True, False):
        fired = [p >= SHOWN for is_calm, p in found if is_calm == calm]
        print(f"comments of programmers, {'calm' if calm else 'heated'}: fired {interval(sum(fired), len(fired))}")


def speed() -> None:
    """Messages a second: the sample agency's mail from clients as it comes, letters of 150 words, and angry ones."""
    clients = {person.email for client in agency.STORY for person in client.people}
    bodies = [each.body for each in agency.letters(datetime(2026, 3, 2, 9, tzinfo=UTC)) if each.sender.email in clients]
    timed("messages to the sample agency", bodies)
    calm = [body for body in bodies if not read_incoming(body).issues]
    timed("ordinary letters", list(joined(calm)))
    timed("letters of nothing but complaints", list(joined([text for text, truth, _ in rows("complaints") if truth])))


def joined(texts: list[str]) -> Iterator[str]:
    """Letters of about 150 words made of shorter ones."""
    letter: list[str] = []
    for text in texts:
        letter.append(text)
        if sum(len(part.split()) for part in letter) >= LETTER:
            yield "\n\n".join(letter)
            letter = []


def timed(what: str, texts: list[str]) -> None:
    """Print how many of these are read in a second of CPU time."""
    best = math.inf
    for _ in range(5):
        started = time.process_time()
        for text in texts:
            expects_answer(text, reading=read_incoming(text))
        best = min(best, time.process_time() - started)
    words = sum(len(text.split()) for text in texts) / len(texts)
    print(f"speed: {len(texts) / best:.0f} {what} a second on one core ({words:.0f} words each)")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--show", action="store_true", help="print what was missed and what was wrong, but of letters_held"
    )
    parser.add_argument("--test", action="store_true", help="also the part that is looked at only once")
    wanted = parser.parse_args()
    for name in FIRST_LOOK:
        own(name, show=wanted.show and name != "letters_held")
    conversations("dev")
    if wanted.test:
        conversations("test")
    comments()
    speed()


if __name__ == "__main__":
    main()
