"""Measure the splitting of own lines from quotes and signatures on a file of cases, and print a table.

A case: `text`, `keep` (own lines), `drop` (quoted lines) and `sig` (signature lines), compared with blanks collapsed.
It is right when every `keep` line is in the new text and no `drop` line is. A line that begins with ">" is quoted
whatever a case calls it: two libraries' truths contradict each other there, and such lines are counted apart.

Run: python bench/quotes.py [cases.json] [--verbose]
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from amends.mail.parsing.quotes import segments
from amends.mail.parsing.types import new_text

CASES = Path(__file__).parents[1].parent / "shared" / "data" / "quotes" / "cases.json"
ROUNDS = 40


def judge(case: dict[str, Any]) -> dict[str, list[str]]:
    """Lines lost, leaked and contradictory of one case; all lists empty when it is right."""
    text = case["text"].replace("\r\n", "\n")
    shown = {" ".join(line.split()) for line in new_text(text, segments(text)).split("\n")}
    missing = [line for line in case["keep"] if " ".join(line.split()) not in shown]
    return {
        "lost": [line for line in missing if not line.lstrip().startswith(">")],
        "contradictory": [line for line in missing if line.lstrip().startswith(">")],
        "leaked": [line for line in case["drop"] if " ".join(line.split()) in shown],
        "signatures": [line for line in case["sig"] if " ".join(line.split()) in shown and line not in case["drop"]],
    }


def main() -> None:
    """Print the table."""
    paths = [Path(a) for a in sys.argv[1:] if not a.startswith("-")]
    path = paths[0] if paths else CASES
    cases = json.loads(path.read_text("utf-8"))
    found = [judge(case) for case in cases]
    for case, result in zip(cases, found, strict=True):
        if "--verbose" in sys.argv and any(result.values()):
            print(case["src"], case["id"], json.dumps(result, ensure_ascii=False, indent=1))
    right = sum(not (r["lost"] or r["leaked"] or r["contradictory"]) for r in found)
    texts = [case["text"].replace("\r\n", "\n") for case in cases]
    best = 0.0
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for text in texts:
            segments(text)
        best = max(best, len(texts) / (time.perf_counter() - begin))
    print(f"{'cases right':32}{right} of {len(cases)}")
    for key, label in (
        ("lost", "own lines lost"),
        ("contradictory", "quoted lines called own"),
        ("leaked", "quoted lines shown"),
        ("signatures", "signature lines shown"),
    ):
        print(f"{label:32}{sum(len(r[key]) for r in found)}")
    print(f"{'messages/s (best of rounds)':32}{best:,.0f}")


if __name__ == "__main__":
    main()
