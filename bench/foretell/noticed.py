"""What Amends notices in a message, kept on disk: reading takes minutes, and the figures are asked for more than once.

What counts of a reading is what `amends.flows.judge.messages` makes signals of and `amends.flows.capital.sources`
makes events of: complaints that are sure enough, feelings in a message that complains, thoughts of leaving, praise
where nothing is wrong, recommendations; of one message each kind once, the surest, and of the feelings the strongest.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from amends.judgement.model import current
from amends.judgement.reading import Reading, Span, read, strongest

_FELT = ("anger", "frustration", "disappointment")  # the strongest first
_ABOUT_US, _NEWS = 0.35, 0.6  # as in amends.flows.judge.messages
_SAD = ("anger", "frustration", "disappointment", "worry")
_GLAD = ("gratitude", "joy")


@dataclass(frozen=True, slots=True)
class Noticed:
    """Of one message: kinds of events with how sure they are, and its mood (below zero: unhappy, at most 1)."""

    kinds: dict[str, float]
    mood: float


def noticed_in(reading: Reading) -> Noticed:
    """What counts of a reading."""
    issues = [span for span in reading.issues if span.rule != "model.issue" or span.p >= _NEWS]
    kinds: dict[str, Sequence[Span]] = {
        "complaint": issues,
        "leaving": reading.leaving,
        "praise": reading.praise if not reading.issues else (),
        "recommended": reading.referral,
    }
    if reading.by == "rules" or reading.complaint >= _ABOUT_US:
        felt = {kind: [each for each in reading.feelings if each.kind == kind] for kind in _FELT}
        kinds |= dict([(kind, spans) for kind, spans in felt.items() if spans][:1])
    glad, sad = (sum(reading.emotions.get(name, 0.0) for name in names) for names in (_GLAD, _SAD))
    return Noticed({kind: round(strongest(spans), 4) for kind, spans in kinds.items() if spans}, round(glad - sad, 4))


class Reader:
    """Reads each text once; with a folder, once for all runs of the same model."""

    def __init__(self, folder: Path | None = None) -> None:
        model = current()
        self.by = f"model {model.card.version}" if model else "rules"
        version = hashlib.sha256(json.dumps(model.card.files if model else {}, sort_keys=True).encode()).hexdigest()
        self._file = folder / f"noticed-{version[:12]}.jsonl" if folder else None
        self._known: dict[str, Noticed] = {}
        if self._file is not None and self._file.exists():
            for line in self._file.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self._known[row["text"]] = Noticed(row["kinds"], row["mood"])

    def read(self, texts: Iterable[str]) -> int:
        """Read those that are not known yet; returns how many that were."""
        fresh = {key: text for text in texts if (key := _key(text)) not in self._known}
        out = self._file.open("a", encoding="utf-8") if self._file else None
        try:
            for key, text in fresh.items():
                found = self._known[key] = noticed_in(read(text, cascade=True))
                if out:
                    out.write(json.dumps({"text": key, "kinds": found.kinds, "mood": found.mood}) + "\n")
        finally:
            if out:
                out.close()
        return len(fresh)

    def __getitem__(self, text: str) -> Noticed:
        return self._known[_key(text)]


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]
