"""How fast, how soon, in how much memory: sentences, a message, loading, real mail in one and two processes."""

from __future__ import annotations

import json
import mailbox
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median
from typing import Any

from training import data

from amends.judgement.model import Model, use
from amends.judgement.model.encoder import Encoder
from amends.judgement.model.files import Card
from amends.judgement.reading import read
from amends.judgement.sentences import split
from amends.mail.parsing import parse
from bench.judgement import mail, ours, peers
from bench.judgement.comments import there
from bench.table import percentile, show, skipped, spread

ROUNDS = 3
SENTENCES = 400
MESSAGES = 600
WORDS = 150
FILES = ("words.onnx", "lower.onnx", "reader.onnx", "ngrams.onnx", "tokenizer.json")


def speed(model: Model, *, test: bool) -> None:
    """All of it; nothing here is about what is right."""
    del test
    sentences(model)
    message(model)
    loading(model)
    real_mail(model)


def sentences(model: Model) -> None:
    """Sentences of business mail a second, each way in turn, round after round."""
    if not there("requests", "sentences a second"):
        return
    texts = data.requests("train").texts[:SENTENCES]
    with _ways(model) as ways:
        rates: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(ROUNDS):
            for way, run in ways.items():
                rates[way].append(len(texts) / _seconds(lambda run=run: run(texts)))  # type: ignore[misc]
    tokens = mean(len(piece) for piece in _tokens(model, texts))
    title = f"Sentences of business mail a second, {len(texts)} of {tokens:.0f} tokens, median of {ROUNDS} rounds"
    show(title, ["", "sentences/s"], [[way, spread(found)] for way, found in rates.items()])


def _tokens(model: Model, texts: Sequence[str]) -> list[list[int]]:
    from tokenizers import Tokenizer

    found = Tokenizer.from_file(str(model.card.folder / "tokenizer.json"))
    found.no_padding()
    return [each.ids for each in found.encode_batch(list(texts))]


@contextmanager
def _ways(model: Model) -> Iterator[dict[str, Callable[[list[str]], Any]]]:
    """Everything warm: the whole model and the encoder alone on one and two threads, fp32, n-grams, VADER."""
    one, two = Model(model.card, threads=1), Model(model.card, threads=2)
    ways: dict[str, Callable[[list[str]], Any]] = {
        "amends, int8, 1 thread": one.score,
        "amends, int8, 2 threads": two.score,
        "  its encoder alone, int8, 1 thread": one.encoder.logits,
        "  its encoder alone, int8, 2 threads": two.encoder.logits,
        "  its n-grams alone, 1 thread": one.alone,
    }
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        full = _fp32(model.card, Path(folder))
        if full:
            for threads in (1, 2):
                ways[f"the encoder alone, fp32, {threads} thread{'s' * (threads > 1)}"] = Encoder(
                    full, threads=threads
                ).logits
        lexicon = peers.lexicon()
        if lexicon:
            ways["VADER, 1 thread"] = lambda texts: [lexicon.polarity_scores(text) for text in texts]
        for run in ways.values():
            run(["Warm."])
        yield ways


def _fp32(card: Card, folder: Path) -> Card | None:
    """The same model with the encoder as it was before int8, as a card of its own in `folder`."""
    plain = {name: ours.BUILD / "model" / f"{name}.fp32.onnx" for name in ("lower", "reader")}
    missing = [path for path in plain.values() if not path.exists()]
    if missing:
        skipped("the encoder in fp32", f"{missing[0]} is not here; `python -m training export` makes it")
        return None
    for name in FILES:
        (folder / name).symlink_to(plain.get(name.removesuffix(".onnx"), card.folder / name))
    return Card(folder, "fp32", ours.hashes(folder), card.blends, card.thresholds, card.gates, card.numbers, {})


def message(model: Model) -> None:
    """One message of about 150 words, read whole, warm, on two threads."""
    lines = [line.text for each in mail.sheets("dev") if each.client for line in each.letter.lines]
    text = ""
    while len(text.split()) < WORDS:
        text += f"{lines.pop(0)}\n\n"
    two = Model(model.card, threads=2)
    rows = []
    with use(two):
        for what, cascade in (("every sentence", False), ("the cascade", True)):
            read(text, cascade=cascade)
            times = [1000 * _seconds(lambda cascade=cascade: read(text, cascade=cascade)) for _ in range(100)]  # type: ignore[misc]
            rows.append([what, f"{median(times):.1f}", f"{percentile(times, 0.99):.1f}"])
    parts = sum(1 for _ in split(text))
    show(f"One message of {len(text.split())} words, {parts} sentences, two threads, ms", ["", "p50", "p99"], rows)


def loading(model: Model) -> None:
    """From nothing to the first sentence read, in a process of its own."""
    code = (
        "import sys, time; began = time.perf_counter()\n"
        "from pathlib import Path; from bench.judgement.ours import loaded\n"
        "imported = time.perf_counter(); loaded(Path(sys.argv[1]), threads=1).warm()\n"
        "print(imported - began, time.perf_counter() - imported)"
    )
    times = []
    for _ in range(ROUNDS):
        done = subprocess.run(
            [sys.executable, "-c", code, str(model.card.folder)], capture_output=True, text=True, check=True
        )
        times.append([float(each) for each in done.stdout.split()])
    imports, loads = zip(*times, strict=True)
    row = ["seconds", spread(imports, ".2f"), spread(loads, ".2f")]
    show("Loading, files in the page cache", ["", "imports", "model checked, loaded, one sentence read"], [row])


def real_mail(model: Model) -> None:
    """New texts of a public archive read with the cascade, as an import does, by workers of their own."""
    path = data.ROOT / "mail" / "lists-and-ham.mbox"
    if not path.exists():
        skipped("real mail", f"{path} is not here")
        return
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        texts = Path(folder) / "texts.json"
        kept = _new_texts(path)
        texts.write_text(json.dumps(kept), encoding="utf-8")
        rows = [_read_by(model, texts, len(kept), processes) for processes in (1, 2)]
    words = mean(len(text.split()) for text in kept)
    title = (
        f"Real mail of lists, {len(kept):,} messages of {words:.0f} words, read(…, cascade=True), one thread a process"
    )
    heads = ["messages/s", "peak MB a process", "in English", "sentences read by the encoder"]
    show(title, ["", *heads], rows)


def _new_texts(path: Path) -> list[str]:
    """The sender's own words of every so many messages."""
    box = mailbox.mbox(path, create=False)
    keys = box.keys()
    now = datetime.now(UTC)
    return [parse(box.get_bytes(key), now=now).new_text for key in keys[:: max(1, len(keys) // MESSAGES)]]


def _read_by(model: Model, texts: Path, count: int, processes: int) -> list[str]:
    command = [sys.executable, "-m", "bench.judgement.worker", str(model.card.folder), str(texts), str(processes)]
    running = [subprocess.Popen([*command, str(at)], stdout=subprocess.PIPE, text=True) for at in range(processes)]
    told = [json.loads(each.communicate()[0]) for each in running]
    seconds = max(each["end"] for each in told) - min(each["begin"] for each in told)
    peak = max(each["peak_mb"] for each in told)
    english = sum(each["english"] for each in told) / count
    deep = sum(each["deep"] for each in told) / max(1, sum(each["sentences"] for each in told))
    name = f"{processes} process{'es' * (processes > 1)}"
    return [name, f"{count / seconds:,.0f}", f"{peak:,.0f}", f"{english:.0%}", f"{deep:.0%}"]


def _seconds(run: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began
