"""Reads its share of many texts in a process of its own.

`python -m bench.judgement.worker MODEL TEXTS PROCESSES NUMBER` prints one JSON object:
when reading began and ended (monotonic seconds, comparable between processes), peak memory, how many texts were
English, and how many of all sentences the encoder has read (counted after the clock has stopped).
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
from pathlib import Path

from amends.judgement import sentences
from amends.judgement.model import Model, Scores, use
from amends.judgement.reading import read
from bench.judgement.ours import loaded


class Counting(Model):
    """A model that counts what its encoder was asked."""

    asked = 0

    def score(self, *args: object, **more: object) -> Scores:
        """As the model does."""
        found = super().score(*args, **more)  # type: ignore[arg-type]
        self.asked += int(found.deep.sum())
        return found


def peak_mb() -> float:
    """The largest resident set so far; by /proc where there is one, since `getrusage` also remembers the parent's."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s+(\d+)", status.read_text()) if status.exists() else None
    return int(found[1]) / 1024 if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(folder: str, path: str, processes: str, number: str) -> None:
    """Read every so many text."""
    texts = json.loads(Path(path).read_text(encoding="utf-8"))[int(number) :: int(processes)]
    model = Counting(loaded(Path(folder), threads=1).card, threads=1)
    model.warm()
    with use(model):
        read("We are warming up, and that is all there is to it.")
        model.asked = 0
        begin = time.monotonic()
        judged = [read(text, cascade=True).judged for text in texts]
        end = time.monotonic()
    told = {
        "begin": begin,
        "end": end,
        "peak_mb": peak_mb(),
        "english": sum(judged),
        "sentences": sum(1 for text, was in zip(texts, judged, strict=True) if was for _ in sentences.split(text)),
        "deep": model.asked,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
