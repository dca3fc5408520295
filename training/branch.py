"""The guard's branch of the encoder: the upper layers, tuned on drafts, over the shipped lower layers as they are.

The lower layers are read once, from the very int8 file that is shipped, and kept; so what is learned fits what is
given at run time, and an epoch takes a minute.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from amends.judgement.model.encoder import Encoder
from amends.judgement.model.outputs import GUARD_OUTPUTS
from training.data import Rows
from training.network import Network, summary

LOWER = 3
"""Layers that all branches share."""
SETTLED = 1
"""Layers of the branch that stay as the reader has them: learned with two of its three an epoch takes two thirds."""
BATCH, EPOCHS, RATE, HEAD_RATE, DROP = 32, 3, 3e-4, 1e-3, 0.2
WARM = 0.1
KEPT = 0.995
"""Of the mean of the weights over the steps, which is what is kept, so much stays at each step."""
SEED = 20261128
LONGEST = 96
"""Numbers of tokens above which a training sentence is left to the windows of the runtime."""
States = list[tuple[Tensor, int]]


class Upper(nn.Module):
    """The states of the shared layers in, one logit an output of the guard out; what `guard.onnx` holds."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.layers = network.encoder.encoder
        del self.layers.layer[:LOWER]
        self.drop = nn.Dropout(DROP)
        self.head = nn.Linear(2 * network.encoder.config.hidden_size, len(GUARD_OUTPUTS))
        nn.init.zeros_(self.head.weight)
        nn.init.constant_(self.head.bias, -2.0)

    def forward(self, states: Tensor, own: Tensor, mask: Tensor | None = None) -> Tensor:
        return self.above(self.below(states, mask), own, mask)

    def below(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """Through the layers that stay as they are."""
        for layer in self.layers.layer[:SETTLED]:
            states = _first(layer(states, attention_mask=mask))
        return states

    def above(self, states: Tensor, own: Tensor, mask: Tensor | None = None) -> Tensor:
        """What was `below`, to one logit an output."""
        for layer in self.layers.layer[SETTLED:]:
            states = _first(layer(states, attention_mask=mask))
        return self.head(self.drop(summary(states.float(), own)))


@dataclass(frozen=True)
class Task:
    """Rows with their states; the places to learn from."""

    rows: Rows
    states: States
    learn: NDArray[np.intp]


def _first(found: Tensor | tuple[Tensor, ...]) -> Tensor:
    return found if isinstance(found, Tensor) else found[0]


def states_of(encoder: Encoder, rows: Rows) -> States:
    """What the shared layers make of each row, in half the bytes, and how many tokens are its own."""
    found: States = []
    for text, around in zip(rows.texts, rows.around, strict=True):
        states, own = encoder.lower_states(text, around)
        found.append((torch.from_numpy(states).to(torch.bfloat16), own))
    return found


def fit(task: Task, begin: dict[str, Tensor], *, epochs: int = EPOCHS, seed: int = SEED) -> Upper:
    """Tune the upper layers, from those of a network trained before."""
    torch.manual_seed(seed)
    chance = random.Random(seed)
    network = Network()
    network.load_state_dict(begin)
    upper = Upper(network)
    states = settled(upper, task.states)
    upper.train()
    layers = list(upper.layers.layer[SETTLED:].parameters())
    optimizer = torch.optim.AdamW(
        [{"params": layers, "lr": RATE}, {"params": upper.head.parameters(), "lr": HEAD_RATE}], weight_decay=0.02
    )
    steps = math.ceil(len(task.learn) / BATCH) * epochs
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: _slope(step, steps))
    targets = torch.from_numpy(task.rows.targets)
    mean = AveragedModel(upper, multi_avg_fn=get_ema_multi_avg_fn(KEPT))
    began = time.monotonic()
    for epoch in range(epochs):
        total = 0.0
        for places in _batches(task, chance):
            logits = _logits(upper.above, states, places)
            truth = targets[places]
            known = ~torch.isnan(truth)
            loss = nn.functional.binary_cross_entropy_with_logits(logits, torch.nan_to_num(truth), reduction="none")
            loss = (loss * known).sum() / len(places)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(layers, 1.0)
            optimizer.step()
            schedule.step()
            mean.update_parameters(upper)
            total += float(loss.detach()) * len(places)
        seconds = time.monotonic() - began
        print(f"     epoch {epoch + 1}: loss {total / len(task.learn):.3f}, {seconds:.0f} s", flush=True)
    averaged: Upper = mean.module
    return averaged.eval()


@torch.inference_mode()
def settled(upper: Upper, states: States) -> States:
    """The states after the layers that stay as they are, worked out once."""
    upper.eval()
    found: States = [states[0]] * len(states)
    order = sorted(range(len(states)), key=lambda at: len(states[at][0]))
    for start in range(0, len(order), 64):
        some = order[start : start + 64]
        padded, _, mask = _padded(states, some)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            passed = upper.below(padded, (1 - mask[:, None, None, :]) * -1e4).to(torch.bfloat16)
        for at, place in enumerate(some):
            found[place] = (passed[at, : len(states[place][0])].clone(), states[place][1])
    return found


def _slope(step: int, steps: int) -> float:
    warm = max(1, math.ceil(WARM * steps))
    return min(1.0, (step + 1) / warm) * max(0.02, 1 - max(0, step - warm) / max(1, steps - warm))


def _batches(task: Task, chance: random.Random) -> list[list[int]]:
    """All places in batches of like length, in another order each time."""
    places = [int(place) for place in task.learn]
    chance.shuffle(places)
    found = []
    for at in range(0, len(places), 32 * BATCH):
        alike = sorted(places[at : at + 32 * BATCH], key=lambda place: len(task.states[place][0]))
        found += [alike[start : start + BATCH] for start in range(0, len(alike), BATCH)]
    chance.shuffle(found)
    return found


def _padded(states: States, places: list[int]) -> tuple[Tensor, Tensor, Tensor]:
    """States side by side, which tokens are a row's own, and which are there at all."""
    longest = max(len(states[place][0]) for place in places)
    padded = torch.zeros(len(places), longest, states[places[0]][0].shape[1])
    mask, own = torch.zeros(len(places), longest), torch.zeros(len(places), longest)
    for at, place in enumerate(places):
        found, count = states[place]
        padded[at, : len(found)] = found.float()
        mask[at, : len(found)] = 1
        own[at, :count] = 1
    return padded, own, mask


def _logits(upper: Callable[[Tensor, Tensor, Tensor], Tensor], states: States, places: list[int]) -> Tensor:
    padded, own, mask = _padded(states, places)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return upper(padded, own, (1 - mask[:, None, None, :]) * -1e4)


@torch.inference_mode()
def logits(upper: Upper, states: States, places: NDArray[np.intp]) -> NDArray[np.float32]:
    """(places, outputs), in full as trained; the exported int8 file says a little else."""
    found = np.empty((len(places), len(GUARD_OUTPUTS)), np.float32)
    order = sorted(range(len(places)), key=lambda at: len(states[places[at]][0]))
    for start in range(0, len(order), 64):
        some = order[start : start + 64]
        found[some] = _logits(upper, states, [int(places[at]) for at in some]).float().numpy()
    return found
