"""Is an issue the same as an earlier one: precision, recall and calibration on our own pairs, beside two plain ways.

    python -m bench.returning [--model FOLDER] [--held]

FOLDER has words.onnx, similar.onnx and tokenizer.json of the encoder; without one only words are judged. On the same
rows it prints what TF-IDF cosine and the plain cosine of the encoder give, each with the threshold that is best on
`dev.tsv` and `check.tsv` at a precision of .95. Those two files were used to fit, so their figures flatter; `held.tsv`
was written first, in another voice, and is opened with --held only. The same hand wrote all of them.

Where the shared data lie beside the repository it also prints how often the nearest neighbour of a question to a bank
has the same intent (Banking77), a check of the encoder.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from amends.judgement import returning
from amends.judgement.returning import Issue
from bench.table import machine, show, skipped

ROOT = Path(__file__).parents[1]
PAIRS = ROOT / "training" / "pairs"
BANKING = ROOT.parent / "shared" / "data" / "similarity"
Encode = Callable[[Sequence[str]], Any]
"""Texts to unit vectors, one row a text."""
Row = tuple[str, str, str, bool]
PRECISION = 0.95
ROUNDS = 1000


def pairs(name: str) -> list[Row]:
    """Client, first, second, are they the same issue."""
    lines = (PAIRS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [(client, a, b, label == "same") for client, a, b, label in (line.split("\t") for line in lines)]


def onnx_encoder(folder: Path) -> Encode:
    """The untuned encoder from its files, one sentence at a time on two threads."""
    import onnxruntime
    from tokenizers import Tokenizer

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    words, similar = (onnxruntime.InferenceSession(str(folder / f"{n}.onnx"), options) for n in ("words", "similar"))
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(128)

    def one(text: str) -> Any:
        states = words.run(["states"], {"ids": np.array([tokenizer.encode(text).ids], np.int64)})[0]
        vector = similar.run(["vector"], {"states": states})[0][0]
        return vector / np.linalg.norm(vector)

    def encode(texts: Sequence[str]) -> Any:
        with ThreadPoolExecutor(2) as pool:
            return np.stack(list(pool.map(one, texts)))

    return encode


def tfidf(texts: Sequence[str]) -> Callable[[str, str], float]:
    """The cosine of two texts by the rarity of their stems among `texts`."""
    seen = Counter(stem for text in texts for stem in set(returning.content(text)))

    def weights(text: str) -> dict[str, float]:
        found = {
            stem: n * (1 + math.log(len(texts) / (1 + seen[stem])))
            for stem, n in Counter(returning.content(text)).items()
        }
        length = math.sqrt(sum(each * each for each in found.values())) or 1.0
        return {stem: each / length for stem, each in found.items()}

    def cosine(a: str, b: str) -> float:
        one, other = weights(a), weights(b)
        return sum(each * other.get(stem, 0.0) for stem, each in one.items())

    return cosine


def chosen(truth: Any, p: Any) -> float:
    """The threshold with the best recall among those with a precision of .95; above all where there is none."""
    good = [t for t in np.unique(p) if truth[p >= t].mean() >= PRECISION]
    return min(good, default=math.inf)


def figures(truth: Any, p: Any, bar: float, clients: Sequence[str]) -> list[str]:
    """Precision, recall and F1 with 95 percent intervals (bootstrap over clients), and the area under the curve."""
    hit = p >= bar
    names = sorted(set(clients))
    of = {name: np.flatnonzero(np.array(clients) == name) for name in names}
    draw = np.random.default_rng(0)
    rounds = [
        _scores(truth[at], hit[at])
        for at in (
            np.concatenate([of[names[i]] for i in draw.integers(len(names), size=len(names))]) for _ in range(ROUNDS)
        )
    ]
    ends = np.nanpercentile(np.nan_to_num(np.array(rounds)), [2.5, 97.5], axis=0)
    point = _scores(truth, hit)
    area = np.mean([(p[truth][:, None] > p[~truth]).mean() + (p[truth][:, None] == p[~truth]).mean() / 2])
    return [f"{x:.2f} ({lo:.2f} to {hi:.2f})" for x, lo, hi in zip(point, *ends, strict=True)] + [f"{area:.3f}"]


def _scores(truth: Any, hit: Any) -> tuple[float, float, float]:
    right, found, real = int((truth & hit).sum()), int(hit.sum()), int(truth.sum())
    return (right / found if found else math.nan, right / real if real else math.nan, 2 * right / ((found + real) or 1))


def calibration(truth: Any, p: Any) -> float:
    """Expected calibration error in ten bins."""
    bins = np.minimum((p * 10).astype(int), 9)
    return float(
        sum(abs(truth[bins == b].mean() - p[bins == b].mean()) * (bins == b).mean() for b in set(bins.tolist()))
    )


def measure(encode: Encode | None, *, held: bool) -> None:
    """One table a file, all ways on the same rows."""
    tune = pairs("dev") + pairs("check")
    files = {"dev": pairs("dev"), "check": pairs("check")} | ({"held": pairs("held")} if held else {})
    texts = sorted({t for rows in (tune, *files.values()) for row in rows for t in row[1:3]})
    vectors = dict(zip(texts, encode(texts), strict=True)) if encode else {}
    ways: dict[str, Callable[[str, str], float]] = {
        "TF-IDF cosine": tfidf([t for row in tune for t in row[1:3]]),
        "ours, words alone": lambda a, b: returning.likeness(Issue(a), Issue(b)),
    }
    if encode:
        ways["encoder cosine"] = lambda a, b: float(vectors[a] @ vectors[b])
        ways["ours"] = lambda a, b: returning.likeness(Issue(a, vectors[a]), Issue(b, vectors[b]))
    tuned = {way: scored(tune, ask) for way, ask in ways.items()}
    bars = {way: chosen(*each) for way, each in tuned.items()}
    bars |= {"ours": returning.bar(vectors=True), "ours, words alone": returning.bar(vectors=False)}
    for name, rows in files.items():
        table = []
        for way, ask in ways.items():
            truth, p = scored(rows, ask)
            error = f"{calibration(truth, p):.3f}" if way.startswith("ours") else ""
            table.append([way, *figures(truth, p, bars[way], [row[0] for row in rows]), error])
        show(f"{name}: {len(rows)} pairs", ["", "precision", "recall", "F1", "AUC", "ECE"], table)


def scored(rows: Sequence[Row], ask: Callable[[str, str], float]) -> tuple[Any, Any]:
    """The truth of these rows, and what is said of them."""
    return np.array([row[3] for row in rows]), np.array([ask(row[1], row[2]) for row in rows])


def banking(encode: Encode) -> None:
    """Nearest neighbour by cosine, train as index and test as queries."""
    if not BANKING.is_dir():
        skipped("Banking77", f"{BANKING} is not here")
        return
    known, asked = (
        [*csv.DictReader((BANKING / f"{n}.csv").open(encoding="utf-8", newline=""))] for n in ("train", "test")
    )
    index, queries = (encode([row["text"] for row in rows]) for rows in (known, asked))
    nearest = (queries @ index.T).argmax(axis=1)
    right = sum(known[at]["category"] == row["category"] for at, row in zip(nearest, asked, strict=True))
    print(f"\nBanking77, nearest neighbour has the same intent: {right / len(asked):.3f} of {len(asked)}")


def main() -> None:
    """Print everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, help="folder of the encoder's ONNX files")
    parser.add_argument("--held", action="store_true", help="also the part that is looked at only once")
    wanted = parser.parse_args()
    print(machine())
    encode = onnx_encoder(wanted.model) if wanted.model else None
    if encode is None:
        skipped("vectors", "name the encoder's folder with --model")
    measure(encode, held=wanted.held)
    if encode:
        banking(encode)


if __name__ == "__main__":
    main()
