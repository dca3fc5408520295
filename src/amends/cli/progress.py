"""A line on a terminal that says how far something is."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from amends.flows.keep.files import Progress

_QUIET = 1.0  # seconds that may pass without a word


@contextmanager
def bar() -> Iterator[Progress]:
    """On a terminal a line on standard error, once it takes longer than a moment; elsewhere nothing."""
    began, told = time.monotonic(), 0.0
    shown = False

    def show(label: str, done: int, total: int) -> None:
        nonlocal told, shown
        at = time.monotonic()
        if at - began < _QUIET or at - told < 0.1:
            return
        told, shown = at, True
        click.echo(f"\r{label} … {100 * done // max(total, 1)} %   ", nl=False, err=True)

    try:
        yield show if sys.stderr.isatty() else (lambda label, done, total: None)
    finally:
        if shown:
            click.echo("", err=True)
