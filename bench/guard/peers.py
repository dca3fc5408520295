"""Prose checkers on the same drafts: proselint, alex and write-good, for the families of the guard that they claim.

alex claims insensitive and rude words, which is what the guard calls insult. proselint and write-good claim style:
none of the guard's families, so only how often they speak up in drafts that should leave unremarked is told. They are
no dependencies: found in, or installed into, a folder of their own under the temporary files, and skipped where neither
works.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from amends.judgement.guard import check
from bench.guard.corpus import Case
from bench.table import show, skipped

HOME = Path(tempfile.gettempdir()) / "amends-bench-guard"
_ALEX = re.compile(r"^\s+\d+:\d+(?:-\d+:\d+)?\s+(?:warning|error)\s", re.M)
Remarks = Counter[str]


def beside(cases: list[Case]) -> None:
    """One line a tool: insults by draft, and remarks in drafts that should leave unremarked."""
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as folder:
        for case in cases:
            (Path(folder) / f"{_name(case)}.txt").write_text(case.draft.new_text, encoding="utf-8")
        rows = [_row("amends", _ours(cases), cases, claims=True)]
        peers = (("alex", _alex, True), ("write-good", _write_good, False), ("proselint", _proselint, False))
        for name, ask, claims in peers:
            try:
                rows.append(_row(name, ask(Path(folder)), cases, claims=claims))
            except (OSError, subprocess.SubprocessError, ValueError) as error:
                skipped(name, f"it is not here and could not be installed ({error})")
    show(
        f"{len(cases)} drafts beside prose checkers; a draft counts as insulting where anything of that family is said",
        ("tool", "insults", "found", "right", "precision", "recall", "remarks per clean draft"),
        rows,
    )


def _name(case: Case) -> str:
    return re.sub(r"\W", "_", case.id)


def _row(tool: str, said: Remarks, cases: list[Case], *, claims: bool) -> tuple[str, ...]:
    clean = [case for case in cases if not case.expect]
    noise = sum(said[_name(case)] for case in clean) / max(1, len(clean))
    if not claims:
        return tool, "claims none", "–", "–", "–", "–", f"{noise:.2f}"
    told = said if tool != "amends" else _insults(cases)
    insults = {_name(case) for case in cases if any(family == "insult" for family, _ in case.expect)}
    found = {_name(case) for case in cases if told[_name(case)]}
    right = len(found & insults)
    return (
        tool, str(len(insults)), str(len(found)), str(right),
        f"{right / max(1, len(found)):.3f}", f"{right / max(1, len(insults)):.3f}", f"{noise:.2f}",
    )  # fmt: skip


def _ours(cases: list[Case]) -> Remarks:
    return Counter({_name(case): len(check(case.draft, case.context).findings) for case in cases})


def _insults(cases: list[Case]) -> Remarks:
    return Counter(
        {
            _name(case): sum(each.family == "insult" for each in check(case.draft, case.context).findings)
            for case in cases
        }
    )


def _alex(folder: Path) -> Remarks:
    done = _run([_npm("alex@11", "alex"), "--text", "--quiet", str(folder)])
    found: Remarks = Counter()
    for block in done.stderr.split("\n\n"):
        head = next((line for line in block.splitlines() if line.endswith(".txt")), "")
        found[Path(head).stem] += len(_ALEX.findall(block))
    return found


def _write_good(folder: Path) -> Remarks:
    done = _run([_npm("write-good@1", "write-good"), "--parse", *map(str, sorted(folder.glob("*.txt")))])
    lines = (line.partition(".txt:") for line in done.stdout.splitlines())
    return Counter(Path(path).stem for path, mark, _ in lines if mark)


def _proselint(folder: Path) -> Remarks:
    where = HOME / "python"
    if not (where / "proselint").exists():
        beside_us = Path(sys.executable).with_name("uv")
        pip = [str(beside_us), "pip"] if beside_us.exists() else [sys.executable, "-m", "pip"]
        _run([*pip, "install", "--quiet", "--target", str(where), "proselint"], check=True)
    files = map(str, sorted(folder.glob("*.txt")))
    done = _run(
        [sys.executable, "-m", "proselint", "check", "--output-format", "json", *files],
        env={**os.environ, "PYTHONPATH": str(where)},
    )
    told = json.loads(done.stdout)["result"]
    return Counter({Path(path).stem: len(each.get("diagnostics", ())) for path, each in told.items()})


def _npm(package: str, command: str) -> str:
    """The path of a command of a package, after installing it where need be."""
    path = HOME / "node_modules" / ".bin" / command
    if not path.exists():
        npm = shutil.which("npm")
        if npm is None:
            raise FileNotFoundError("there is no npm")
        HOME.mkdir(exist_ok=True)
        _run([npm, "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(HOME), package], check=True)
    return str(path)


def _run(
    command: list[str], *, check: bool = False, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=check, timeout=300, env=env)


__all__ = ["beside"]
