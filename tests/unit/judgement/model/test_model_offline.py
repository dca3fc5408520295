"""The model's runtime keeps to itself: no id of the machine on the disk, and nothing sent to anybody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CODE = (
    "import socket\n"
    "def refuse(*_):\n    raise SystemExit('somebody wants to talk')\n"
    "socket.socket.connect = refuse\n"
    "from amends.judgement.model import current\n"
    "model = current()\nassert model is not None\nassert len(model.vectors(['I am furious.'])) == 1\n"
)


def test_reading_leaves_nothing_behind(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    places = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    env = {**kept, **places, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, "-c", CODE], env=env, capture_output=True, text=True, check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.rglob("*")) == []
