"""The public sets: feelings of comments, politeness, requests in business mail, heated threads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from training import data
from training.data import Rows

from amends.judgement.model import Model
from amends.judgement.model.outputs import FEELINGS, LABELS
from bench.judgement import ours, peers
from bench.judgement.figures import (
    NONE,
    Flags,
    Numbers,
    auc_of,
    f1_of,
    figure,
    mean_f1_of,
    published,
    share_right,
    table,
    threshold,
    thresholds,
)
from bench.judgement.ours import AMENDS, PLACE
from bench.judgement.peers import TFIDF, VADER
from bench.table import skipped

EIGHT = [f"feeling.{name}" for name in FEELINGS]
TUNED = "thresholds from dev"
FLATTERS = "thresholds from these same rows, which flatters all alike"


def there(folder: str, what: str) -> bool:
    """Is this set of the shared data here; says so loudly where it is not."""
    if not (data.ROOT / folder).is_dir():
        skipped(what, f"{data.ROOT / folder} is not here")
        return False
    return True


def emotion(model: Model, *, test: bool) -> None:
    """GoEmotions: the 28 labels, and the eight that are shown."""
    if not there("emotion", "GoEmotions"):
        return
    dev = data.emotion("dev")
    rows = data.emotion("test") if test else dev
    mine = {"dev": ours.ways(model, dev.texts)}
    mine["rows"] = ours.ways(model, rows.texts) if test else mine["dev"]
    compound = {"dev": peers.vader(dev.texts), "rows": peers.vader(rows.texts)}
    where = f"GoEmotions {'test' if test else 'dev'}, {{}} comments, {TUNED if test else FLATTERS}"
    for names, outputs in ((list(LABELS), [f"label.{name}" for name in LABELS]), (list(FEELINGS), EIGHT)):
        at = [PLACE[output] for output in outputs]
        known = {"dev": ~np.isnan(dev.targets[:, at[0]]), "rows": ~np.isnan(rows.targets[:, at[0]])}
        truth = {"dev": dev.targets[known["dev"]][:, at] > 0, "rows": rows.targets[known["rows"]][:, at] > 0}
        said: dict[str, Flags] = {}
        for way in mine["dev"]:
            p = {part: mine[part][way][known[part]][:, at] for part in mine}
            shipped = np.array([ours.bar(model, output) for output in outputs])
            said[way] = p["rows"] >= (shipped if way == AMENDS else thresholds(p["dev"], truth["dev"]))
        for name, p in _peers(outputs, names, {"dev": dev, "rows": rows}, compound):
            kept = {part: p[part][known[part]] for part in p}
            said[name] = kept["rows"] >= thresholds(kept["dev"], truth["dev"])
        _tell(where.format(f"{known['rows'].sum():,}"), names, said, truth["rows"])


def _peers(
    outputs: list[str], names: list[str], rows: dict[str, Rows], compound: dict[str, Numbers | None]
) -> Iterator[tuple[str, dict[str, Numbers]]]:
    train = data.emotion("train")
    learned = peers.tfidf(train.texts, train.targets[:, [PLACE[each] for each in outputs]].astype(float))
    if learned:
        yield TFIDF, {part: learned(each.texts) for part, each in rows.items()}
    scored = {part: peers.as_feelings(each, names) for part, each in compound.items() if each is not None}
    if scored:
        yield VADER, scored


def _tell(where: str, names: list[str], said: dict[str, Flags], truth: Flags) -> None:
    if len(names) == len(LABELS):
        rows = [[way, figure(mean_f1_of(each, truth), len(truth))] for way, each in said.items()]
        rows += published(
            [
                ("BERT-base (Demszky et al. 2020)", ".46"),
                ("a later BERT", ".49"),
                ("RoBERTa-base (weak source)", ".52"),
            ],
            2,
        )
        table(f"28 labels, {where}", ["macro-F1"], rows)
        return
    kinds = [names.index("disappointment"), names.index("frustration")]
    rows = [
        [
            way,
            figure(mean_f1_of(each, truth), len(truth)),
            *(figure(f1_of(each[:, kind], truth[:, kind]), len(truth)) for kind in kinds),
        ]
        for way, each in said.items()
    ]
    table(f"the eight that are shown, {where}", ["mean F1", "disappointment", "frustration"], rows)


def politeness(model: Model, *, test: bool) -> None:
    """Stanford politeness, Wikipedia: the most polite quarter of requests against the least."""
    del test  # there is no official test part
    if not there("politeness", "politeness"):
        return
    every = data.politeness()
    rank = every.targets[:, PLACE["polite"]]
    rows = every.part((rank <= 0.25) | (rank >= 0.75))
    unseen = rows.part(map(data.for_development, rows.groups))
    truth = _polite(unseen)
    p = ours.ways(model, unseen.texts)
    half = {way: each[:, PLACE["polite"]] >= 0.5 for way, each in p.items()}
    learned = _learned(rows.part(not data.for_development(group) for group in rows.groups), _polite)
    if learned:
        half[TFIDF] = learned(unseen.texts)[:, 0] >= 0.5
    told = [[way, figure(share_right(said, truth), len(truth)), NONE] for way, said in half.items()]
    told.append([f"{AMENDS}' recipe, five folds (card)", NONE, _recipe(model, "politeness")])
    folded = _five_folds(rows, _polite)
    if folded is not None:
        told.append([f"{TFIDF}, the same folds", NONE, figure(share_right(folded >= 0.5, _polite(rows)), len(rows))])
    told += [[f"published: {who}", NONE, value] for who, value in (("2013", ".838"), ("a CNN", ".858"))]
    heads = [f"{len(unseen)} rows never trained on", f"all {len(rows):,}"]
    table("Politeness, Wikipedia quartiles, accuracy", heads, told)


def incivility(model: Model, *, test: bool) -> None:
    """Heated threads of programmers: is a comment uncivil."""
    del test  # there is no official test part
    if not there("incivility", "uncivil comments"):
        return
    rows = data.incivility()
    unseen = rows.part(map(data.for_development, rows.groups))
    truth = _uncivil(unseen)
    p = {way: each[:, PLACE["heat.uncivil"]] for way, each in ours.ways(model, unseen.texts).items()}
    learned = _learned(rows.part(not data.for_development(group) for group in rows.groups), _uncivil)
    if learned:
        p[TFIDF] = learned(unseen.texts)[:, 0]
    compound = peers.vader(unseen.texts)
    if compound is not None:
        p[VADER] = -compound
    told = [[way, figure(auc_of(each, truth), len(truth), groups=unseen.groups), NONE] for way, each in p.items()]
    told.append([f"{AMENDS}' recipe, five folds (card)", NONE, _recipe(model, "uncivil")])
    folded = _five_folds(rows, _uncivil)
    if folded is not None:
        area = figure(auc_of(folded, _uncivil(rows)), len(rows), groups=rows.groups)
        told.append([f"{TFIDF}, the same folds", NONE, area])
    told.append(["measured elsewhere: TF-IDF + frozen MiniLM", NONE, ".795"])
    heads = [f"{len(unseen)} comments never trained on", f"all {len(rows):,}"]
    table("Uncivil comments on GitHub, area under the curve", heads, told)


def requests(model: Model, *, test: bool) -> None:
    """Sentences of business mail: does it ask for something."""
    if not there("requests", "requests"):
        return
    train = data.requests("train")
    dev = train.part(map(data.for_development, train.groups))
    rows = data.requests("test") if test else dev
    truth = {"dev": _asks(dev), "rows": _asks(rows)}
    mine = {"dev": ours.ways(model, dev.texts), "rows": ours.ways(model, rows.texts)}
    p = {way: {part: each[way][:, PLACE["asks"]] for part, each in mine.items()} for way in mine["dev"]}
    p["  its requests of letters (flag.request)"] = {
        part: each[AMENDS][:, PLACE["flag.request"]] for part, each in mine.items()
    }
    learned = _learned(train.part(not data.for_development(group) for group in train.groups), _asks)
    if learned:
        p[TFIDF] = {"dev": learned(dev.texts)[:, 0], "rows": learned(rows.texts)[:, 0]}
    told = []
    for way, each in p.items():
        least = ours.bar(model, "asks") if way == AMENDS else threshold(each["dev"], truth["dev"])
        accuracy = figure(share_right(each["rows"] >= 0.5, truth["rows"]), len(rows))
        told.append([way, accuracy, figure(f1_of(each["rows"] >= least, truth["rows"]), len(rows))])
    if test:
        told.append(["measured elsewhere: fine-tuned MiniLM + TF-IDF", ".846", ".777"])
    where = f"official test, {TUNED}" if test else f"development, {FLATTERS}"
    table(f"Requests in business mail, {len(rows)} sentences, {where}", ["accuracy at one half", "F1"], told)


def _polite(rows: Rows) -> Flags:
    return rows.targets[:, PLACE["polite"]] > 0.5


def _uncivil(rows: Rows) -> Flags:
    return rows.targets[:, PLACE["heat.uncivil"]] > 0.5


def _asks(rows: Rows) -> Flags:
    return rows.targets[:, PLACE["asks"]] > 0.5


def _learned(rows: Rows, truth: Any) -> peers.Tfidf | None:
    return peers.tfidf(rows.texts, truth(rows).astype(float)[:, None])


def _five_folds(rows: Rows, truth: Any) -> Numbers | None:
    """What the peer says of each fifth when trained on the other four."""
    fold = np.array([data.fold_of(group) for group in rows.groups])
    found = np.zeros(len(rows))
    for number in range(data.FOLDS):
        learned = _learned(rows.part(fold != number), truth)
        if learned is None:
            return None
        left = fold == number
        found[left] = learned(rows.part(left).texts)[:, 0]
    return found


def _recipe(model: Model, name: str) -> str:
    found = ours.recipe(model, name)
    if not found:
        skipped(f"five folds of the recipe ({name})", "neither the card nor training/build/folds.json has them")
    return found or NONE
