"""Which model this process uses: the shipped one, loaded when first asked for, unless another was chosen."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from threading import Lock

from amends.judgement.model.files import SHIPPED, NoModel
from amends.judgement.model.scoring import Model, load

_LOCK = Lock()
_chosen: list[Model | None] = []


def current() -> Model | None:
    """The model, or None where there is none to use; then `missing()` says why."""
    with _LOCK:
        return _chosen[-1] if _chosen else _shipped()[0]


def missing() -> str:
    """Why there is no model, in one sentence; empty where there is one."""
    if _chosen:
        return "" if _chosen[-1] is not None else "The model was switched off."
    with _LOCK:
        return _shipped()[1]


class use:  # noqa: N801 - reads as a word in `with use(model):`
    """For a while, this model and no other; None for rules alone."""

    def __init__(self, model: Model | None) -> None:
        self._model = model

    def __enter__(self) -> None:
        _chosen.append(self._model)

    def __exit__(self, *_: object) -> None:
        _chosen.pop()


@cache
def _shipped() -> tuple[Model | None, str]:
    """The model of `AMENDS_MODEL`: a folder, `off`, or nothing for the shipped one."""
    where = os.environ.get("AMENDS_MODEL", "")
    if where == "off":
        return None, "The model is switched off (AMENDS_MODEL=off)."
    threads = os.environ.get("AMENDS_MODEL_THREADS", "1")
    try:
        return load(
            Path(where) if where else SHIPPED,
            threads=max(1, int(threads) if threads.isascii() and threads.isdigit() else 1),
        ), ""
    except NoModel as error:
        return None, str(error)
