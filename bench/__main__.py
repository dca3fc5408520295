"""Run the benches: `python -m bench` all of them, `python -m bench import pages` those, `--list` what there is.

Options after a single bench's name are its own: `python -m bench import --rounds 5`.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.table import machine, skipped

HERE = Path(__file__).resolve().parent
BENCHES = {
    "import": ("importing", "a real archive, beside notmuch, mu and plain Python"),
    "pages": ("pages", "Today, client, thread and search at 10 and 200 thousand messages"),
    "workers": ("workers", "importing and judging with one, two and four workers on PostgreSQL"),
    "load": ("load", "fifty people at once on granian and PostgreSQL"),
    "mime": ("mime", "hard messages read by us, Python's email and fast-mail-parser"),
    "quotes": ("quotes", "own words apart from quotes and signatures"),
    "complaints": ("complaints", "how often a complaint is found, and how often something else is taken for one"),
    "judgement": ("judgement", "what the trained model makes of messages, beside named peers"),
    "imap": ("imap", "20,000 messages over IMAP, cut 20 times; what 50 quiet mailboxes cost"),
    "guard": ("guard", "what the check finds in outgoing drafts, and what it takes for it"),
    "recovery": ("recovery", "from a conversation of 200 messages to a brief that can be edited"),
    "capital": ("capital", "statement, portfolio and totals over a million postings"),
    "silence": ("silence", "unusual silence, on invented firms"),
}


def main(arguments: list[str]) -> int:
    """Run what is asked for; returns the exit code."""
    if arguments and arguments[0] in {"--list", "-h", "--help"}:
        print(__doc__)
        for name, (_, what) in BENCHES.items():
            print(f"  {name:11} {what}")
        return 0
    names = [each for each in arguments if each in BENCHES]
    alone = len(names) == 1 and arguments[0] == names[0]
    options = arguments[1:] if alone else []
    unknown = [each for each in arguments if each not in BENCHES and each not in options]
    if unknown:
        print(f"There is no bench called {', '.join(unknown)}; there are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    print(machine())
    failed = [name for name in names or list(BENCHES) if not _run(name, options)]
    return 1 if failed else 0


def _run(name: str, options: list[str]) -> bool:
    module, what = BENCHES[name]
    print(f"\n== {name}: {what}", flush=True)
    if not (HERE / f"{module}.py").is_file() and not (HERE / module / "__main__.py").is_file():
        skipped(name, "it is not in this checkout")
        return False
    ended = subprocess.run([sys.executable, "-m", f"bench.{module}", *options], cwd=HERE.parent, check=False)
    if ended.returncode:
        print(f"\n!! FAILED: {name} ended with {ended.returncode}", flush=True)
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
