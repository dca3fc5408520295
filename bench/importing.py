"""Bringing a real archive in: messages a second and peak memory, beside the indexers that people use.

    python -m bench import [--archive PATH] [--rounds 3]

Each round brings the same mbox into a fresh home, with everyone in turn: `amends import`, `notmuch new`, `mu index`
(Debian's packages notmuch and maildir-utils, on a Maildir made beforehand and not timed; `mu init` is timed apart),
and a plain Python loop (`bench/plain.py`). So a busy machine slows all of them alike, and the ratios hold.

`amends import` also judges, which nobody else here does. Its lines: the whole command on an empty home, judging and
start-up and all; the whole command less judging (raw store, parsing, threads, quotes, people, full-text index, and
the start-up with the making of the database); and storing alone, as the report of the command says it. `again` is the
same command on the same home: nothing new. After each run the report must add up: a message lost ends the bench.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from amends.mail.sources import Item, open_source
from bench.processes import Failed, Ran, run
from bench.table import machine, show, skipped, spread

ROOT = Path(__file__).resolve().parents[1]
ARCHIVE = ROOT.parent / "shared" / "data" / "mail" / "lists-and-ham.mbox"


@dataclass(slots=True)
class Line:
    """What one line of the table has measured, a value a round."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    largest: list[float] = field(default_factory=list)
    tree: list[float] = field(default_factory=list)
    kept: int | None = None

    def add(self, ran: Ran, *, seconds: float | None = None, kept: int | None = None, whole: bool = True) -> None:
        """Book one run; `seconds` where only a part of it counts, whose processor time is then not known."""
        self.seconds.append(ran.seconds if seconds is None else seconds)
        if whole:
            self.cpu.append(ran.cpu)
            self.largest.append(ran.largest_mb)
            self.tree.append(ran.tree_mb)
        self.kept = kept if kept is not None else self.kept


@dataclass(frozen=True, slots=True)
class Bench:
    """The archive in both shapes, and the table as it grows."""

    archive: Path
    maildir: Path
    count: int
    lines: dict[str, Line]


def amends(bench: Bench, home: Path) -> None:
    """The whole command, twice."""
    command = [sys.executable, "-m", "amends.cli.main", "import", str(bench.archive), "--json"]
    env = {"AMENDS_HOME": str(home / "first"), "AMENDS_DATABASE_URL": ""}
    first = run(command, env=env, fine=(0, 1))
    report = _sound(first, bench.count)
    storing = report["seen"] / report["messages_per_second"]
    judging = report["seconds"] - storing
    kept = report["imported"] + len(report["set_aside"])
    bench.lines["amends import, whole"].add(first, kept=kept)
    bench.lines["amends import, less judging"].add(first, seconds=first.seconds - judging, kept=kept, whole=False)
    bench.lines["amends import, storing alone"].add(first, seconds=storing, kept=kept, whole=False)
    again = run(command, env=env, fine=(0, 1))
    report = _sound(again, bench.count)
    if report["imported"] or report["set_aside"]:
        message = f"a second import added {report['imported']} messages"
        raise Failed(message)
    bench.lines["amends import, again"].add(again, kept=0)


def _sound(ran: Ran, count: int) -> dict[str, Any]:
    """The report of an import, which must add up and have seen every message."""
    report: dict[str, Any] = json.loads(ran.output)
    parts = [report["imported"], report["duplicates"], sum(report["skipped"].values()), len(report["set_aside"])]
    if sum(parts) != report["seen"] or report["seen"] != count:
        message = f"the report does not add up: saw {report['seen']} of {count}, {parts}"
        raise Failed(message)
    return report


def notmuch(bench: Bench, home: Path) -> None:
    """`notmuch new`, with a configuration and a database of its own."""
    config = home / "config"
    config.write_text(
        f"[database]\npath={home}\nmail_root={bench.maildir}\n[new]\ntags=new\n"
        "[user]\nname=Bench\nprimary_email=bench@example.com\n"
    )
    env = {"NOTMUCH_CONFIG": str(config)}
    first = run(["notmuch", "new", "--quiet"], env=env)
    kept = int(run(["notmuch", "count", "--output=files", "*"], env=env).output)
    bench.lines["notmuch new"].add(first, kept=kept)
    bench.lines["notmuch new, again"].add(run(["notmuch", "new", "--quiet"], env=env), kept=0)


def mu(bench: Bench, home: Path) -> None:
    """`mu init` and `mu index`, with a database of their own."""
    where = f"--muhome={home}"
    env = {"XDG_CACHE_HOME": str(home / "cache")}
    bench.lines["mu init"].add(run(["mu", "init", where, f"--maildir={bench.maildir}"], env=env))
    first = run(["mu", "index", where, "--quiet"], env=env)
    rows = run(["mu", "info", where], env=env).output.splitlines()
    kept = next((int(row.split("|")[2]) for row in rows if "messages in store" in row), None)
    bench.lines["mu index"].add(first, kept=kept)
    bench.lines["mu index, again"].add(run(["mu", "index", where, "--quiet"], env=env), kept=0)


def plain(bench: Bench, home: Path) -> None:
    """Python's own `mailbox` and `email` into SQLite."""
    ran = run([sys.executable, str(ROOT / "bench" / "plain.py"), str(bench.archive), str(home / "plain.sqlite3")])
    bench.lines["mailbox + email + SQLite"].add(ran, kept=int(ran.output))


EVERYBODY: dict[str, Callable[[Bench, Path], None]] = {"amends": amends, "notmuch": notmuch, "mu": mu, "plain": plain}
_PACKAGES = {"notmuch": "notmuch", "mu": "maildir-utils"}


def make_maildir(archive: Path, maildir: Path) -> int:
    """The messages of the archive, one a file; returns how many."""
    for part in ("cur", "new", "tmp"):
        (maildir / part).mkdir(parents=True)
    number = 0
    for item in open_source(archive, scratch=maildir.parent / "scratch"):
        if isinstance(item, Item):
            number += 1
            (maildir / "cur" / f"{number:07d}.bench:2,S").write_bytes(item.read())
    return number


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the rounds and print the tables."""
    parser = argparse.ArgumentParser(
        prog="bench import", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--archive", type=Path, default=ARCHIVE, help="an mbox (default: the shared one)")
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args(arguments)
    if not wanted.archive.is_file():
        skipped("import", f"there is no archive at {os.path.relpath(wanted.archive)}; give one with --archive")
        return
    present = [name for name in EVERYBODY if name not in _PACKAGES or shutil.which(name)]
    for name in EVERYBODY:
        if name not in present:
            skipped(name, f"not installed here (Debian: apt-get install {_PACKAGES[name]})")
    with tempfile.TemporaryDirectory(prefix="bench-import-") as folder:
        maildir = Path(folder) / "maildir"
        _warm_up(Path(folder))
        bench = Bench(wanted.archive, maildir, make_maildir(wanted.archive, maildir), defaultdict(Line))
        for number in range(wanted.rounds):
            for name in present[number % len(present) :] + present[: number % len(present)]:
                with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=folder) as home:
                    EVERYBODY[name](bench, Path(home))
        _print(bench, wanted.rounds)


def _warm_up(folder: Path) -> None:
    """Import one message, so that no run pays for compiling the modules of Python programs."""
    archive = folder / "one.eml"
    archive.write_text(
        "From: ada@client.example\nTo: bob@studio.example\nSubject: Hello\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n"
        "Message-ID: <1@client.example>\n\nCould you send us the figures by Friday?\n"
    )
    command = [sys.executable, "-m", "amends.cli.main", "import", str(archive), "--own-domain", "studio.example"]
    run(command, env={"AMENDS_HOME": str(folder / "warm"), "AMENDS_DATABASE_URL": ""})


def _print(bench: Bench, rounds: int) -> None:
    size = bench.archive.stat().st_size / 1e6
    print(f"\n{machine()}")
    show(
        f"{bench.count:,} messages ({size:.0f} MB), {rounds} rounds: median (least to most)",
        ["", "messages/s", "seconds", "processor s", "largest MB", "all MB", "kept"],
        [
            [
                name,
                spread([bench.count / seconds for seconds in line.seconds]) if name != "mu init" else "",
                spread(line.seconds, ".2f"),
                spread(line.cpu, ".1f") if line.cpu else "",
                f"{max(line.largest):.0f}" if line.largest else "",
                f"{max(line.tree):.0f}" if line.tree else "",
                "" if line.kept is None else f"{line.kept:,}",
            ]
            for name, line in bench.lines.items()
        ],
    )
    ours = ["amends import, whole", "amends import, less judging", "amends import, storing alone"]
    theirs = [name for name in ("mu index", "notmuch new", "mailbox + email + SQLite") if name in bench.lines]
    show(
        "How many times as fast, round by round: median (least to most)",
        ["", *theirs],
        [[name, *(_ratio(bench.lines[peer], bench.lines[name]) for peer in theirs)] for name in ours],
    )
    first, again = bench.lines[ours[1]], bench.lines["amends import, again"]
    print(f"\nA second import of the same archive takes {_ratio(again, first)} of the first, less judging.")


def _ratio(slow: Line, fast: Line) -> str:
    ratios = [theirs / ours for theirs, ours in zip(slow.seconds, fast.seconds, strict=True)]
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


if __name__ == "__main__":
    main()
