"""How often a complaint is found, and how often something else is taken for one.

    python bench/complaints.py [--show]

On two sets of our own words. `complaints.tsv` was used to mend the rules after its first look, so its figures now
flatter; `complaints_held.tsv` was written afterwards, changed no rule, and is hard on purpose: plain facts without a
word of displeasure, which rules of words cannot know. FIRST_LOOK has what each gave when it was first read.

Where the shared corpora lie beside the repository it also prints how much of them fires: comments of programmers,
where nearly all of that is wrong, and conversations with companies, where about half are complaints.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import time
from pathlib import Path

from amends.judgement.reading import SHOWN, read_incoming

ROOT = Path(__file__).parents[1]
DATA = ROOT / "tests" / "data"
SHARED = ROOT.parent / "shared" / "data"
FIRST_LOOK = {
    "complaints": "precision .868, recall .252",
    "complaints_held": "precision 1.000, recall .100",
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
    """Messages a second, on letters of about 150 words made of the sentences."""
    texts = [text for text, _, _ in rows("complaints")]
    letters = [" ".join(texts[at : at + 12]) for at in range(0, len(texts) - 12, 4)]
    started = time.perf_counter()
    for letter in letters:
        read_incoming(letter)
    taken = time.perf_counter() - started
    print(f"speed: {len(letters) / taken:.0f} letters of 150 words a second on one core")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--show", action="store_true", help="print what was missed and what was wrong")
    parser.add_argument("--test", action="store_true", help="also the part that is looked at only once")
    wanted = parser.parse_args()
    for name in FIRST_LOOK:
        own(name, show=wanted.show)
    conversations("dev")
    if wanted.test:
        conversations("test")
    comments()
    speed()


if __name__ == "__main__":
    main()
