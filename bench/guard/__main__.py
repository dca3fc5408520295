"""Precision and recall of the guard on labelled drafts, per family and group, and its speed.

    python -m bench guard [--held | --set FOLDER] [--show] [--no-speed] [--no-peers]

A finding is right where the draft is labelled with its family; of several of one family in a draft each label is found
once, and a label with a quote only by a finding that overlaps it. `--held` are the drafts that were split off before
the first rule was written; `--set held_second` are those of that folder of the corpus. `--stored` times the check
beside what a firm has stored (`stored.py`).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from amends.judgement.guard import FAMILIES, Finding, check, view
from amends.judgement.model import use
from bench.guard import peers
from bench.guard.corpus import Case, case, rows, rows_in
from bench.table import percentile, show

GROUPS = {
    "tone": FAMILIES[:6],
    "substance": FAMILIES[6:13],
    "recipients": FAMILIES[13:18],
    "facts": FAMILIES[18:],
}
Counts = Counter[tuple[str, str]]


def judge(cases: Iterable[Case], *, told: bool = False) -> Counts:
    """How often each family was right, wrong and missed."""
    counts: Counts = Counter()
    for each in cases:
        result = check(each.draft, each.context)
        left = list(each.expect)
        for finding in result.findings:
            hit = next((label for label in left if _meets(label, finding, each)), None)
            if hit is not None:
                left.remove(hit)
                counts[finding.family, "right"] += 1
                continue
            again = any(_meets(label, finding, each) for label in each.expect)
            if not again:
                counts[finding.family, "wrong"] += 1
                if told:
                    print(f"  wrong  {each.id:28} {finding.family} ({finding.rule}): {finding.quote or finding.why}")
        for family, quote in left:
            counts[family, "missed"] += 1
            if told:
                print(f"  missed {each.id:28} {family}: {quote}")
        if result.failed:
            print(f"  FAILED {each.id}: {dict(result.failed)}")
    return counts


def _meets(label: tuple[str, str | None], finding: Finding, each: Case) -> bool:
    family, quote = label
    if family != finding.family:
        return False
    if quote is None or finding.start is None or finding.end is None:
        return True
    at = each.draft.new_text.find(quote)
    return at < 0 or (finding.start < at + len(quote) and at < finding.end)


def table(counts: Counts, title: str) -> None:
    """One line a family, then the groups and all."""
    lines = [_line(family, [family], counts) for family in FAMILIES]
    lines += [_line(group.upper(), families, counts) for group, families in GROUPS.items()]
    lines.append(_line("ALL", FAMILIES, counts))
    show(title, ("family", "labels", "found", "right", "precision", "recall"), lines)


def _line(name: str, families: Iterable[str], counts: Counts) -> tuple[str, ...]:
    names = list(families)
    right, wrong, missed = (sum(counts[each, what] for each in names) for what in ("right", "wrong", "missed"))
    return (
        name,
        str(right + missed),
        str(right + wrong),
        str(right),
        f"{right / (right + wrong):.3f}" if right + wrong else "–",
        f"{right / (right + missed):.3f}" if right + missed else "–",
    )


WORDS_200 = (
    "Dear Marta,\n\nthank you for your patience while we went through the list. The first three points of the "
    "page are done and tested: the gallery loads quickly on phones, the form sends its message to your front "
    "desk, and the prices come from the table that Tom keeps. The fault with the dates was ours, and we "
    "corrected it this morning at ten. For the map we suggest the smaller version, because the large one slows "
    "the page down; you will find both on the staging link, so that you can compare them at your leisure. The "
    "text in Spanish is with our translator, who will send it on Thursday by noon.\n\nTwo questions are left. "
    "Would you rather show the restaurant before the rooms, as in the draft, or after them? And may we use the "
    "photos that the guests sent in last summer, or should we ask each of them once more? We have the letters "
    "ready and can send them on Monday, if you agree. As always, one round of corrections is included, and "
    "nothing goes live before you have seen it.\n\nI will call you on Wednesday at three to go through the "
    "rest, if that suits you. Until then, please tell me about anything that looks odd.\n\nKind regards,\nJo"
)


def speed(cases: list[Case]) -> None:
    """CPU milliseconds a draft in a warm process (neighbours do not count), and a thousand in one batch with start."""
    from dataclasses import replace

    answering = [each for each in cases if each.context.thread and each.context.thread[-1].text]
    drafts = [
        replace(each.draft, new_text=WORDS_200.replace("Wednesday", f"Wednesday {n}"))
        for n, each in enumerate(answering)
    ]
    for name, model_off in (("rules alone", True), ("with the encoder where in doubt", False)):
        taken: list[float] = []
        deep = 0
        for _ in range(4):
            for draft, each in zip(drafts, answering, strict=True):
                began = time.process_time()
                if model_off:
                    with use(None):
                        check(draft, each.context)
                else:
                    deep += check(draft, each.context).deep
                taken.append((time.process_time() - began) * 1000)
        warm = taken[len(drafts) :]
        half, most = percentile(warm, 0.5), percentile(warm, 0.99)
        print(f"{name}: p50 {half:.1f} ms, p99 {most:.1f} ms ({deep / 4:.0f} sentences read by the encoder a round)")
    lines = rows(held=False) + rows(held=True)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "drafts.jsonl"
        file.write_text("".join(json.dumps(lines[n % len(lines)]) + "\n" for n in range(1000)), encoding="utf-8")
        began = time.perf_counter()
        command = [sys.executable, "-m", "amends.cli.main", "check", "--batch", str(file)]
        done = subprocess.run(command, stdout=subprocess.PIPE, check=False, env=os.environ)
        print(
            f"1,000 drafts in one --batch: {time.perf_counter() - began:.1f} s, {len(done.stdout.splitlines())} answers"
        )


def main() -> None:
    """Print the tables."""
    if "--stored" in sys.argv[1:]:
        from bench.guard import stored

        stored.main([each for each in sys.argv[1:] if each != "--stored"])
        return
    parser = argparse.ArgumentParser(prog="bench guard")
    parser.add_argument("--held", action="store_true", help="the drafts held back")
    parser.add_argument("--set", default="", metavar="FOLDER", help="the drafts of a folder of the corpus")
    parser.add_argument("--show", action="store_true", help="tell every error")
    parser.add_argument("--no-speed", action="store_true")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    folder = options.set or ("held" if options.held else "")
    cases = [case(row) for row in rows_in(folder)]
    name = folder or "development"
    table(judge(cases, told=options.show), f"{len(cases)} drafts, {name}, rules and encoder")
    with use(None):
        counts = judge(cases)
    table(counts, "the same, rules alone")
    print(f"what reading at most {view.MOST_DEEP} sentences a draft costs: {_cost(cases):+.3f} F1")
    if not options.no_peers:
        peers.beside(cases)
    if not options.no_speed:
        speed(cases)


def _cost(cases: list[Case]) -> float:
    """F1 over all families with every sentence read by the encoder, less F1 as it is."""
    as_it_is = _f1(judge(cases))
    most, view.MOST_DEEP = view.MOST_DEEP, 10_000
    try:
        return _f1(judge(cases)) - as_it_is
    finally:
        view.MOST_DEEP = most


def _f1(counts: Counts) -> float:
    right, wrong, missed = (sum(counts[f, what] for f in FAMILIES) for what in ("right", "wrong", "missed"))
    return 2 * right / max(1, 2 * right + wrong + missed)


if __name__ == "__main__":
    main()
