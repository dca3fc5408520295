"""Letters in our own words: complaints said plainly, politely and by irony, feelings, flags; promises; the cascade.

`held.txt` was written by another hand without sight of rules, model or the other letters. The letters kept for
development (one in eight of the training letters) are by the hands that the model learned from, and its thresholds
were fitted on them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from amends.judgement.model import Model
from amends.judgement.model.outputs import FEELINGS, FLAGS
from amends.judgement.reading import Reading
from bench.judgement import mail, peers
from bench.judgement.figures import (
    NONE,
    Flags,
    Numbers,
    f1_of,
    figure,
    mean_f1_of,
    share,
    share_right,
    table,
    threshold,
)
from bench.judgement.mail import FOUND, OF_BOTH, Lines, Sheet
from bench.judgement.ours import AMENDS
from bench.judgement.peers import TFIDF, VADER

RULES = "  its rules alone"
COLUMNS = [*FLAGS, *FEELINGS]
_NO_NEWS = frozenset({"wanted", "request"})
"""Rules know nothing of these."""


def part(*, test: bool) -> str:
    """Which letters are read."""
    return "held" if test else "dev"


def where(letters: tuple[Sheet, ...], *, test: bool) -> str:
    """What these letters are, for the title of a table."""
    lines = sum(len(each.letter.lines) for each in letters)
    kind = "letters by another hand" if test else "development letters (flatters: thresholds were fitted on them)"
    return f"{len(letters)} {kind}, {lines:,} sentences"


def complaints(model: Model, *, test: bool) -> None:
    """Is something wrong: said politely, said at all, in the message as a whole."""
    letters = tuple(each for each in mail.sheets(part(test=test)) if each.client)
    lines = Lines(letters)
    issue, soft = lines.flag("issue"), lines.flag("passive") | lines.flag("irony")
    hidden = np.flatnonzero(soft | ~issue)  # an open complaint that is found is no mistake, so it is left out
    whole = np.array([any("issue" in line.flags for line in each.letter.lines) for each in letters])
    rows = []
    for way, (by_line, by_letter) in _complaining(model, letters, test=test).items():
        groups = np.array(lines.groups)
        rows.append(
            [
                way,
                figure(f1_of(by_line[hidden], soft[hidden]), len(hidden), groups=groups[hidden].tolist()),
                share(float(by_line[soft].mean())),
                figure(f1_of(by_line, issue), len(issue), groups=lines.groups),
                figure(f1_of(by_letter, whole), len(whole)),
            ]
        )
    print(
        f"\nPolite or ironic: {soft.sum()} of the {issue.sum()} complaining sentences; F1 among these and all that"
        f" complain of nothing.\nA message complains: {whole.sum()} of {len(whole)}."
    )
    heads = ["polite, ironic: F1", "found", "per sentence: F1", "per message: F1"]
    table(f"Complaints in {where(letters, test=test)}", heads, rows)


def _complaining(model: Model, letters: tuple[Sheet, ...], *, test: bool) -> dict[str, tuple[Flags, Flags]]:
    """By way: which lines complain, which letters do."""
    found: dict[str, tuple[Flags, Flags]] = {}
    for way, who in ((AMENDS, model), (RULES, None)):
        reading = mail.readings(who, letters)
        found[way] = mail.said(reading, letters, "issue"), np.array([bool(each.issues) for each in reading])
    dev = tuple(each for each in mail.sheets("dev") if each.client)
    scored = {name: (ask(Lines(dev).texts), ask(Lines(letters).texts)) for name, ask in _displeased().items()}
    for name, (tuned, p) in scored.items():
        line = threshold(tuned, Lines(dev).flag("issue"))
        letter = threshold(_loudest(tuned, dev), _loudest(Lines(dev).flag("issue"), dev))
        found[name] = p >= line, _loudest(p, letters) >= letter
    return found


def _displeased() -> dict[str, Callable[[list[str]], Numbers]]:
    """The peers, each as a way to say how much a sentence complains."""
    ways: dict[str, Callable[[list[str]], Numbers]] = {}
    learned = _peer()
    if learned:
        ways[TFIDF] = lambda texts: learned(texts)[:, COLUMNS.index("issue")]
    if peers.lexicon():
        ways[VADER] = lambda texts: -np.asarray(peers.vader(texts))
    return ways


def _loudest(of_lines: Any, letters: tuple[Sheet, ...]) -> Any:
    """By letter, the most of its lines."""
    ends = np.cumsum([len(each.letter.lines) for each in letters])
    return np.array([part.max() for part in np.split(of_lines, ends[:-1])])


_learned: list[peers.Tfidf | None] = []


def _peer() -> peers.Tfidf | None:
    """TF-IDF and logistic regression over the training letters, trained once a run."""
    if not _learned:
        train = Lines(mail.sheets("train"))
        _learned.append(peers.tfidf(train.texts, train.targets()))
    return _learned[0]


def flags(model: Model, *, test: bool) -> None:
    """Every flag by sentence: requests, wishes, praise, leaving, promises and the rest."""
    letters = mail.sheets(part(test=test))
    lines, dev = Lines(letters), Lines(mail.sheets("dev"))
    ours, rules = mail.readings(model, letters), mail.readings(None, letters)
    learned = _peer()
    p = (learned(dev.texts), learned(lines.texts)) if learned else None
    rows = []
    for flag in FOUND:
        kept = np.flatnonzero(lines.client | (flag in OF_BOTH))
        groups = np.array(lines.groups)[kept].tolist()
        truth = lines.flag(flag)[kept]
        cells = [figure(f1_of(mail.said(ours, letters, flag)[kept], truth), len(kept), groups=groups)]
        alone = mail.said(rules, letters, flag)[kept]
        cells.append(NONE if flag in _NO_NEWS else figure(f1_of(alone, truth), len(kept), groups=groups))
        if p:
            at = COLUMNS.index(flag)
            known = dev.client | (flag in OF_BOTH)
            least = threshold(p[0][known, at], dev.flag(flag)[known])
            cells.append(figure(f1_of(p[1][kept, at] >= least, truth), len(kept), groups=groups))
        rows.append([f"{flag} ({truth.sum()})", *cells])
    heads = [AMENDS, RULES.strip(), *([TFIDF] if p else [])]
    table(f"What sentences do, F1, in {where(letters, test=test)}", heads, rows)


def feelings(model: Model, *, test: bool) -> None:
    """The eight feelings, one a sentence, and that of a message."""
    letters = mail.sheets(part(test=test))
    lines = Lines(letters)
    chosen = {AMENDS: mail.feelings(mail.pages(model, letters), letters).argmax(1)}
    rules = mail.readings(None, letters)
    chosen[RULES] = np.concatenate([_by_rules(reading, each) for reading, each in zip(rules, letters, strict=True)])
    learned = _peer()
    if learned:
        chosen[TFIDF] = learned(lines.texts)[:, len(FLAGS) :].argmax(1)
    compound = peers.vader(lines.texts)
    if compound is not None:
        chosen[VADER] = peers.as_one_feeling(compound, FEELINGS)
    eight = np.arange(len(FEELINGS))
    truth = lines.feeling[:, None] == eight
    wanted = [FEELINGS.index(name) for name in ("disappointment", "frustration")]
    whole = np.array([of_letter(each) for each in letters])
    by_message = {AMENDS: mail.readings(model, letters), RULES: rules}
    rows = []
    for way, places in chosen.items():
        said = places[:, None] == eight
        loudest = [list(each.emotions.values()) for each in by_message.get(way, ())]
        right = figure(share_right(np.argmax(loudest, 1), whole), len(whole)) if loudest else NONE
        cells = [figure(f1_of(said[:, at], truth[:, at]), len(truth), groups=lines.groups) for at in wanted]
        rows.append([way, figure(mean_f1_of(said, truth), len(truth), groups=lines.groups), *cells, right])
    heads = ["mean F1 of eight", "disappointment", "frustration", "per message: right"]
    table(f"Feelings in {where(letters, test=test)}", heads, rows)


def of_letter(letter: Sheet) -> int:
    """The feeling that a letter's lines show most often, neutral only where they show none."""
    shown = [line.feeling for line in letter.letter.lines if line.feeling != "neutral"]
    return FEELINGS.index(max(shown, key=shown.count) if shown else "neutral")


def _by_rules(reading: Reading, letter: Sheet) -> Any:
    found = np.full(len(letter.spans), FEELINGS.index("neutral"))
    for feeling in reading.feelings:
        for at, (low, high) in enumerate(letter.spans):
            if feeling.start < high and low < feeling.end:
                found[at] = FEELINGS.index(feeling.kind)
    return found


def cascade(model: Model, *, test: bool) -> None:
    """What it costs to let the encoder read only where the n-gram model sees something."""
    letters = mail.sheets(part(test=test))
    lines = Lines(letters)
    theirs = np.flatnonzero(lines.client)
    groups = np.array(lines.groups)[theirs].tolist()
    whole = np.array([any("issue" in line.flags for line in each.letter.lines) for each in letters if each.client])
    rows, answers = [], {}
    for way, quick in (("reading every sentence", False), ("the cascade", True)):
        found = mail.readings(model, letters, cascade=quick)
        issue = mail.said(found, letters, "issue")[theirs]
        every = np.stack([mail.said(found, letters, flag)[theirs] for flag in FOUND], 1)
        message = np.array([bool(r.issues) for r, each in zip(found, letters, strict=True) if each.client])
        answers[way] = (issue, every, message)
        deep = [page.scores.deep for page in mail.pages(model, letters, cascade=quick) if page]
        rows.append([way, *_cells(answers[way], lines, theirs, groups, whole), f"{np.concatenate(deep).mean():.0%}"])
    full, less = answers.values()
    truth = lines.flag("issue")[theirs]
    lost = [f1_of(each[0], truth) for each in (full, less)]
    cost = figure(lambda at: lost[0](at) - lost[1](at), len(truth), groups=groups)
    table(
        f"The cascade, F1 by sentence, in {where(letters, test=test)}",
        ["issue", "mean of flags", "message complains", "read by the encoder"],
        [*rows, ["what the cascade costs", cost, NONE, NONE, NONE]],
    )


def _cells(answer: Any, lines: Lines, theirs: Any, groups: list[str], whole: Flags) -> list[str]:
    issue, every, message = answer
    truth = np.stack([lines.flag(flag)[theirs] for flag in FOUND], 1)
    return [
        figure(f1_of(issue, lines.flag("issue")[theirs]), len(theirs), groups=groups),
        figure(mean_f1_of(every, truth), len(theirs), groups=groups),
        figure(f1_of(message, whole), len(whole)),
    ]
