"""The guard's model: `python -m training guard_folds guard_train guard_export`, after `export`.

`guard_folds` learns from either half of the hands that wrote drafts and keeps what the n-gram model, the encoder's
branch and the rules say of the sentences of the other half; from these come the weights of the three witnesses, the
thresholds and the figures (`witness`, `crossed`). `guard_train` learns from all. Letters and replies are dealt out.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from amends.judgement import sentences
from amends.judgement.guard import rulefiles
from amends.judgement.model.encoder import Encoder
from amends.judgement.model.guarding import GUARD_BUCKETS, together
from amends.judgement.model.outputs import GUARD_NGRAMS, GUARD_OUTPUTS
from training import branch, drafts, linear, stages
from training.branch import Task, Upper
from training.data import Rows, join

Floats = NDArray[np.float32]
FOLDS = stages.BUILD / "guard-folds.npz"
HANDS = (
    "train-agencies", "train-formal", "train-abroad", "train-excuses", "train-calm", "train-eleventh",
    "train-professions", "train-breezy", "train-terse", "train-answers", "train-own", "train-twelfth",
)  # fmt: skip
"""Writers of drafts. The corpus is by another hand, but its rules are by the same, so it goes with the last."""
HALF = 6
"""The first so many hands are one half, the others the other."""
_STRENGTH = 4.0
_SAID_AS = {
    "apology": "sorry",
    "owns": "owns",
    "feeling": "feeling",
    "remedy": "remedy",
    "plan": "plan",
    "asks": "asks",
}
"""Kinds of `moves.toml` by the output they speak of."""


@dataclass(frozen=True)
class Table:
    """The n-gram model: `weights` (buckets, outputs)."""

    weights: Floats
    idf: Floats
    bias: Floats

    def logits(self, texts: list[str]) -> Floats:
        """(texts, outputs)."""
        unit = linear.unit(linear.counts(texts, GUARD_BUCKETS), self.idf)
        return np.asarray(unit @ self.weights + self.bias, np.float32)


def rows() -> Rows:
    """All that the guard's branch learns from."""
    told = drafts.of_drafts(drafts.every())
    return join(told, drafts.of_corpus(), drafts.of_sentences(), drafts.of_letters(), drafts.of_replies())


def fold_of(found: Rows) -> NDArray[np.intp]:
    """The half that each row is in: it is read by a model that has learned from the other alone."""
    places = []
    for group, around, text in zip(found.groups, found.around, found.texts, strict=True):
        dealt = crc32((around.before or text).encode()) % 2 == 0
        dealt = True if group == "corpus" else dealt
        places.append(int(HANDS.index(group) >= HALF if group in HANDS else dealt))
    return np.array(places)


def asked() -> dict[tuple[str, str], bool]:
    """What clients wrote in the drafts, by hand, and whether it complains."""
    return {
        (drafts.hand(each.file), each.asked): each.answering == "complaint" for each in drafts.every() if each.asked
    }


def fit_table(found: Rows, learn: NDArray[np.intp], told: dict[tuple[str, str], bool]) -> Table:
    """TF-IDF and a logistic regression an output; the last, whether a client complains, from what clients wrote."""
    counted = linear.counts([found.texts[at] for at in learn], GUARD_BUCKETS)
    idf = linear.idf_of(counted)
    unit = linear.unit(counted, idf)
    weights = np.zeros((GUARD_BUCKETS, len(GUARD_NGRAMS)), np.float32)
    bias = np.zeros(len(GUARD_NGRAMS), np.float32)
    for place in range(len(GUARD_OUTPUTS)):
        truth = found.targets[learn, place]
        known = np.flatnonzero(~np.isnan(truth))
        model = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0)
        model.fit(unit[known], truth[known] > 0.5)
        weights[:, place], bias[place] = model.coef_[0], model.intercept_[0]
    theirs = linear.unit(linear.counts([text for _, text in told], GUARD_BUCKETS), idf)
    model = LogisticRegression(C=_STRENGTH, solver="liblinear", random_state=0, class_weight="balanced")
    model.fit(theirs, list(told.values()))
    weights[:, -1], bias[-1] = model.coef_[0], model.intercept_[0]
    return Table(linear.pruned(weights), idf, bias)


def ruled(texts: list[str]) -> Floats:
    """1 where a rule says so of a sentence by itself, (texts, outputs)."""
    found = np.zeros((len(texts), len(GUARD_OUTPUTS)), np.float32)
    families = {rule.id: rule.family for rule in rulefiles.load().values()}
    place = {name: at for at, name in enumerate(GUARD_OUTPUTS)}
    for at, text in enumerate(texts):
        for hit in rulefiles.wording().hits(text):
            found[at, place[families[hit.rule.id]]] = 1
        for hit in rulefiles.moves().hits(text):
            if hit.rule.kind in _SAID_AS:
                found[at, place[_SAID_AS[hit.rule.kind]]] = 1
    return found


def begin() -> dict[str, torch.Tensor]:
    """The network from which the branch starts: the reader."""
    found: dict[str, torch.Tensor] = torch.load(stages.BUILD / "third.pt", weights_only=True)["network"]
    return found


def folds(encoder: Encoder) -> None:
    """What each witness says of sentences, and of clients, by hands of the half that it has not learned from."""
    found, told = rows(), asked()
    states = branch.states_of(encoder, found)
    fold = fold_of(found)
    deep, rough = (np.zeros(found.targets.shape, np.float32) for _ in range(2))
    complains: dict[str, float] = {}
    for number in (0, 1):
        learn, left = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        print(f"   half {number}: {len(learn)} to learn from, {len(left)} left", flush=True)
        theirs = {key: value for key, value in told.items() if (HANDS.index(key[0]) >= HALF) != bool(number)}
        table = fit_table(found, learn, theirs)
        rough[left] = table.logits([found.texts[at] for at in left])[:, : len(GUARD_OUTPUTS)]
        for key in told.keys() - theirs.keys():
            parts = [part.text.strip() for part in sentences.split(key[1])]
            complains[key[1]] = float(table.logits(together(parts))[:, -1].max())
        upper = branch.fit(Task(found, states, learn), begin())
        deep[left] = branch.logits(upper, states, left)
    np.savez_compressed(
        FOLDS, deep=deep, rough=rough, ruled=ruled(found.texts), fold=fold, targets=found.targets,
        texts=np.array(found.texts), groups=np.array(found.groups),
        asked=np.array(list(complains)), complains=np.array(list(complains.values())),
    )  # fmt: skip


def train(encoder: Encoder) -> None:
    """The branch and the n-gram model, from all rows."""
    found = rows()
    every = np.arange(len(found))
    table = fit_table(found, every, asked())
    np.savez_compressed(stages.BUILD / "guard-ngrams.npz", weights=table.weights, idf=table.idf, bias=table.bias)
    upper = branch.fit(Task(found, branch.states_of(encoder, found), every), begin())
    torch.save(upper.state_dict(), stages.BUILD / "guard.pt")


def trained() -> Upper:
    """The branch as `train` left it."""
    from training.network import Network

    upper = Upper(Network())
    upper.load_state_dict(torch.load(stages.BUILD / "guard.pt", weights_only=True))
    return upper.eval()
