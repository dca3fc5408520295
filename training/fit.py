"""Fitting the network: batches of like length, bfloat16, a checkpoint at every minute's end to go on from."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from amends.judgement.model.encoder import beside
from training.data import Rows
from training.network import LONGEST, Network, loss, tokenizer
from training.tasks import OUTPUTS

BATCH = 32
WARM = 0.06
SEED = 20261127
_SAVE_EVERY = 60.0  # seconds


@dataclass(frozen=True)
class Course:
    """One stage: what to read how often, how fast to learn, and where its checkpoint lies."""

    rows: Rows
    epochs: int
    rate: float
    checkpoint: Path
    begin: Path | None = None
    decay: float = 0.9  # each layer below learns by so much less


def fit(course: Course, *, device: str = "cpu") -> Network:
    """Train as the course says, going on from its checkpoint where there is one; returns the trained network."""
    torch.manual_seed(SEED)
    network = Network().to(device)
    if course.begin:
        network.load_state_dict(torch.load(course.begin, weights_only=True)["network"])
    batches = list(_plan(course))
    optimizer = torch.optim.AdamW(_groups(network, course), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _slope(step, len(batches)))
    done = 0
    if course.checkpoint.exists():
        saved = torch.load(course.checkpoint, weights_only=True)
        network.load_state_dict(saved["network"])
        done = saved["done"]
        if done < len(batches):
            optimizer.load_state_dict(saved["optimizer"])
            schedule.load_state_dict(saved["schedule"])
    network.train()
    started = saved_at = time.monotonic()
    for step in range(done, len(batches)):
        batch = batches_of(course.rows, batches[step], _encoded(course.rows))
        ids, mask, own, targets = (each.to(device) for each in batch)
        with torch.autocast(device, dtype=torch.bfloat16):
            logits = network(ids, mask, own)
        loss(logits.float(), targets).backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad(set_to_none=True)
        if time.monotonic() - saved_at > _SAVE_EVERY:
            _save(course.checkpoint, network, optimizer, schedule, step + 1)
            saved_at = time.monotonic()
            left = (saved_at - started) / (step + 1 - done) * (len(batches) - step - 1)
            print(f"  {course.checkpoint.stem}: {step + 1} of {len(batches)}, {left / 60:.0f} minutes left", flush=True)
    _finish(course.checkpoint, network, len(batches))
    return network


Encoded = tuple[list[int], int]
"""Token ids of a text with its neighbours, and how many of them, from the first, are its own."""
_ENCODED: dict[int, list[Encoded]] = {}


def _encoded(rows: Rows) -> list[Encoded]:
    """Every text as tokens, kept for the one set in use."""
    if id(rows) not in _ENCODED:
        _ENCODED.clear()
        _ENCODED[id(rows)] = encoded(rows)
    return _ENCODED[id(rows)]


def encoded(rows: Rows) -> list[Encoded]:
    """Every text as tokens, cut to LONGEST, with its neighbours."""
    words = tokenizer()
    found = []
    before = words.encode_batch([each.before for each in rows.around])
    after = words.encode_batch([each.after for each in rows.around])
    for text, one, other, around in zip(words.encode_batch(rows.texts), before, after, rows.around, strict=True):
        ids = text.ids if len(text.ids) <= LONGEST else [*text.ids[: LONGEST - 1], text.ids[-1]]
        found.append(([*ids, *(beside(one.ids, other.ids) if any(around) else ())], len(ids)))
    return found


def batches_of(rows: Rows, places: list[int], words: list[Encoded]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Padded ids, mask, own tokens and targets of these rows."""
    longest = max(len(words[i][0]) for i in places)
    ids = torch.zeros(len(places), longest, dtype=torch.long)
    mask = torch.zeros(len(places), longest, dtype=torch.long)
    own = torch.zeros(len(places), longest)
    for row, i in enumerate(places):
        tokens, count = words[i]
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        own[row, :count] = 1
    return ids, mask, own, torch.from_numpy(rows.targets[places])


def _plan(course: Course) -> Iterator[list[int]]:
    """Batches of all epochs: shuffled, then sorted by length within pools of fifty batches."""
    lengths = [len(ids) for ids, _ in _encoded(course.rows)]
    chance = random.Random(SEED)
    for _ in range(course.epochs):
        order = list(range(len(course.rows)))
        chance.shuffle(order)
        epoch = []
        for at in range(0, len(order), 50 * BATCH):
            pool = sorted(order[at : at + 50 * BATCH], key=lengths.__getitem__)
            epoch += [pool[i : i + BATCH] for i in range(0, len(pool), BATCH)]
        chance.shuffle(epoch)
        yield from epoch


def _groups(network: Network, course: Course) -> list[dict[str, object]]:
    layers = network.encoder.encoder.layer
    groups: list[dict[str, object]] = [{"params": list(network.head.parameters()), "lr": course.rate * 5}]
    for depth, layer in enumerate(reversed(layers)):
        groups.append({"params": list(layer.parameters()), "lr": course.rate * course.decay**depth})
    return groups


def _slope(step: int, steps: int) -> float:
    warm = max(1, math.ceil(WARM * steps))
    return min(1.0, (step + 1) / warm) * max(0.02, 1 - max(0, step - warm) / max(1, steps - warm))


def _finish(path: Path, network: Network, done: int) -> None:
    """The last checkpoint needs no optimizer: that is how it is known for the last."""
    part = path.with_suffix(".part")
    torch.save({"network": network.state_dict(), "done": done}, part)
    part.replace(path)


def _save(path: Path, network: Network, optimizer: object, schedule: object, done: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    state = {
        "network": network.state_dict(),
        "optimizer": optimizer.state_dict(),  # type: ignore[attr-defined]
        "schedule": schedule.state_dict(),  # type: ignore[attr-defined]
        "done": done,
    }
    torch.save(state, part)
    part.replace(path)


@torch.inference_mode()
def logits(network: Network, rows: Rows) -> NDArray[np.float32]:
    """The network's own answers in full precision, (rows, outputs)."""
    network.eval()
    words = encoded(rows)
    order = sorted(range(len(rows)), key=lambda i: len(words[i][0]))
    found = np.empty((len(rows), len(OUTPUTS)), np.float32)
    for at in range(0, len(order), 64):
        places = order[at : at + 64]
        ids, mask, own, _ = batches_of(rows, places, words)
        found[places] = network(ids, mask, own).float().numpy()
    return found


@torch.inference_mode()
def vectors(network: Network, rows: Rows) -> NDArray[np.float32]:
    """Unit vectors of a network's encoder: the mean of the tokens' states, (rows, width)."""
    network.eval()
    words = encoded(rows)
    found = []
    for at in range(0, len(rows), 64):
        ids, mask, own, _ = batches_of(rows, list(range(at, min(at + 64, len(rows)))), words)
        states = network.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        mean = (states * own.unsqueeze(-1)).sum(1) / own.sum(1, keepdim=True)
        found.append(torch.nn.functional.normalize(mean, dim=1).numpy())
    return np.concatenate(found)
