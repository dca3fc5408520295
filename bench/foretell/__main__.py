"""Does the balance at the halfway point foretell how a conversation ends, beside simpler things known at that point?

    python -m bench foretell [--keep DIR] [--data DIR] [--held] [--sample N]

For every conversation only the messages before its halfway point are looked at. The balance is folded, by the shipped
policy, from what `amends.judgement.reading` notices in them; beside it stand the mood of the last message alone,
VADER's compound averaged (Hutto and Gilbert 2014), and the number of messages so far. The figure is the area under the
curve: how likely a conversation that ends badly looks worse halfway than one that does not; one half is chance. In
brackets, the middle 95 percent over 1,000 resamplings of whole conversations; the difference to VADER is resampled in
pairs. How conversations are split, and what a bad end is, stands in `bench.foretell.conversations`.

The held half is looked at with `--held` alone. Nothing is fitted: the policy and the model are those that are shipped.
The reader was trained on single comments of most of these threads (civil or not; never on how a thread ended), and on
nothing of the dialogues. `--keep` keeps readings for the next run; `--sample` takes so many conversations of each set,
by the hash of their ids.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from training import measures

from bench.foretell.conversations import SHARED, Conversation, dialogues, threads
from bench.foretell.noticed import Reader
from bench.foretell.scores import BALANCE, VADER, scored, theirs
from bench.judgement.figures import NONE, Flags, Numbers, auc_of, figure, table
from bench.table import skipped


def main() -> None:
    """Print a table for each set and outcome."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path, help="folder in which readings are kept")
    parser.add_argument("--data", type=Path, default=SHARED)
    parser.add_argument("--held", action="store_true", help="the held half instead of development")
    parser.add_argument("--sample", type=int, help="so many conversations of each set at most")
    wanted = parser.parse_args()
    if wanted.keep:
        wanted.keep.mkdir(parents=True, exist_ok=True)
    reader = Reader(wanted.keep)
    for name, get in (("incivility", threads), ("satisfaction", dialogues)):
        folder = wanted.data / name
        if not folder.is_dir():
            skipped(name, f"{folder} is not here")
            continue
        found = [each for each in get(folder) if each.held == wanted.held]
        if wanted.sample and wanted.sample < len(found):
            found = sorted(found, key=lambda each: _drawn(each.id))[: wanted.sample]
        began = time.process_time()
        fresh = reader.read(text for each in found for text in theirs(each))
        print(f"{name}: {fresh:,} messages read anew by {reader.by} in {time.process_time() - began:.0f} s", flush=True)
        _tables(name, found, reader, "held" if wanted.held else "development")


def _tables(name: str, found: Sequence[Conversation], reader: Reader, part: str) -> None:
    scores = scored(found, reader)
    for outcome in found[0].bad:
        truth = np.array([each.bad[outcome] for each in found])
        heads = ["area under the curve", "less VADER's"]
        rows = [_row(each, scores, truth) for each in scores]
        table(f"{name}, {outcome}, {part}: {len(found):,} conversations, {truth.sum():,} end so", heads, rows)
    apart = len(set(scores[BALANCE].tolist()))
    print(f"Of {len(found):,} balances {np.count_nonzero(scores[BALANCE]):,} are not zero; {apart:,} differ.")


def _row(name: str, scores: dict[str, Numbers], truth: Flags) -> list[str]:
    area = auc_of(scores[name], truth)
    told = [name, figure(area, len(truth)), NONE]
    if VADER in scores and name != VADER:
        other = auc_of(scores[VADER], truth)

        def more(rows: Numbers) -> float:
            return area(rows) - other(rows)

        low, high = measures.interval(more, len(truth))
        told[2] = f"{more(np.arange(len(truth))):+.3f} ({low:+.3f} to {high:+.3f})"
    return told


def _drawn(conversation: str) -> str:
    return hashlib.blake2b(f"sample {conversation}".encode(), digest_size=8).hexdigest()


if __name__ == "__main__":
    main()
