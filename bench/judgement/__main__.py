"""How well messages are judged, beside named peers, on the same rows in the same run, with 95 percent intervals.

    python -m bench judgement [--only emotion,requests] [--test] [--model FOLDER]

Without --test everything is measured on development rows, and those figures flatter: thresholds and blends were
fitted on them. With --test the official test splits and the letters that nobody looked at are opened; do that once.
Politeness and incivility have no official test split: rows that the shipped model never saw stand in for one, and
the figure of the whole set is that of five folds of the same recipe.

Figures marked "published" or "measured elsewhere" were not made in this run. Intervals resample rows, or whole
letters and threads where rows belong together. VADER gives one number, glad to sorry; it is mapped to each task as
well as that can be.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from amends.judgement.model import Model, NoModel, use
from amends.judgement.model.files import SHIPPED
from bench.judgement import calibration, comments, commitments, letters, ours, speed
from bench.table import machine, skipped

SECTIONS: dict[str, tuple[Callable[..., None], str]] = {
    "emotion": (comments.emotion, "GoEmotions: 28 labels, and the eight that are shown"),
    "politeness": (comments.politeness, "Stanford politeness, Wikipedia quartiles"),
    "requests": (comments.requests, "sentences of business mail"),
    "incivility": (comments.incivility, "uncivil comments of programmers"),
    "dates": (commitments.due_dates, "sentences with one date"),
    "promises": (commitments.promises, "who commits to something"),
    "complaints": (letters.complaints, "letters: is something wrong, also politely or by irony"),
    "feelings": (letters.feelings, "letters: the eight feelings"),
    "flags": (letters.flags, "letters: requests, wishes, praise, leaving, promises and the rest"),
    "returning": (commitments.returning, "issues that come back; Banking77"),
    "calibration": (calibration.calibration, "is 80 percent right four times in five"),
    "cascade": (letters.cascade, "what it costs to read less"),
    "speed": (speed.speed, "sentences, messages, loading, memory"),
}


def main() -> int:
    """Print every section that is asked for; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m bench judgement", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default=",".join(SECTIONS), help=f"some of: {', '.join(SECTIONS)}")
    parser.add_argument("--test", action="store_true", help="open the test splits and held-out letters")
    parser.add_argument("--model", type=Path, default=SHIPPED, help="another model's folder")
    wanted = parser.parse_args()
    names = [name.strip() for name in wanted.only.split(",") if name.strip()]
    if unknown := [name for name in names if name not in SECTIONS]:
        parser.error(f"there is no section called {', '.join(unknown)}; there are: {', '.join(SECTIONS)}")
    try:
        model = ours.loaded(wanted.model, threads=2)
        model.warm()
    except NoModel as error:
        skipped("judgement", str(error))
        return 1
    print(machine())
    print(
        f"model {model.card.version} of {wanted.model}; {'test rows are opened' if wanted.test else 'development rows'}"
    )
    for name in names:
        _section(name, model, test=wanted.test)
    return 0


def _section(name: str, model: Model, *, test: bool) -> None:
    measure, what = SECTIONS[name]
    print(f"\n--- {name}: {what}", flush=True)
    with use(model):
        measure(model, test=test)


if __name__ == "__main__":
    sys.exit(main())
