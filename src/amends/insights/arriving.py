"""How far mail is on its way in: archives and mailboxes, and how much of what is here has been judged."""

from __future__ import annotations

from dataclasses import dataclass

from amends.insights.mailboxes import Standing, standings
from amends.insights.progress import Progress, reading_progress
from amends.mail.models import ImportRun, RunState
from amends.mail.queries import Reader, readable, runs

_RUNS = 5
_BUSY = frozenset({RunState.WAITING, RunState.STORING, RunState.JUDGING})
_FEW = 100


@dataclass(frozen=True, slots=True)
class Brought:
    """One import. `done` messages are here, of about `expected`; 0 where that cannot be told yet."""

    run: ImportRun

    @property
    def done(self) -> int:
        """How many messages of it were seen."""
        return int(self.run.report.get("seen", 0))

    @property
    def expected(self) -> int:
        """How many there are in all; while it is read, by how much of its bytes they took."""
        run = self.run
        if run.state != RunState.STORING:
            return self.done
        return max(self.done, rounded(self.done * run.bytes_total // run.bytes_done)) if run.bytes_done else 0

    @property
    def coming(self) -> bool:
        """Whether more of it is to come."""
        return self.run.state in {RunState.WAITING, RunState.STORING}


@dataclass(frozen=True, slots=True)
class Arriving:
    """All that comes in: the latest imports, the mailboxes, and how far the judging is."""

    imports: list[Brought]
    boxes: list[Standing]
    progress: Progress
    held: bool

    @property
    def nothing(self) -> bool:
        """Whether no mail is here, and none was ever brought in or connected."""
        return not self.imports and not self.boxes and not self.held

    @property
    def done(self) -> int:
        """How many messages are here."""
        return sum(one.done for one in self.imports) + sum(box.done for box in self.boxes)

    @property
    def expected(self) -> int:
        """Of about how many."""
        return sum(one.expected for one in self.imports) + sum(max(box.expected, box.done) for box in self.boxes)

    @property
    def busy_imports(self) -> bool:
        """Whether an import is not over."""
        return any(one.run.state in _BUSY for one in self.imports)


def rounded(number: int) -> int:
    """An estimate with two figures: 19,700 is about 20,000."""
    step = 10 ** max(0, len(str(number)) - 2)
    return number if number < _FEW else step * round(number / step)


def arriving(reader: Reader) -> Arriving:
    """How far it is, for whoever looks after mailboxes; what is closed to them is not counted."""
    boxes = standings(reader.member) if reader.member else []
    imports = [Brought(run) for run in runs(reader, limit=_RUNS)]
    held = bool(imports or boxes) or readable(reader).exists()
    return Arriving(imports, boxes, reading_progress(reader), held)
