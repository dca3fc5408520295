"""A remark about the client that reached the client; and all that only looks like one."""

from pathlib import Path

import pytest

from amends.judgement import rulebook, scenes
from amends.judgement.leaks import RULE_FILE, SEVERITY, Party, find_leaks, find_remarks

HARTWELL = Party(
    names=("Hartwell Foods", "Petra Novak", "Graham Hartwell"),
    addresses=("petra.novak@hartwell.example", "lena.ortiz@hartwell.example"),
)
STAFF = ("Tom Becker", "Nina", "Sam")
SETS = Path(__file__).parents[3] / "training" / "leaks"


def _kinds(text: str) -> list[str]:
    return [remark.kind for remark in find_leaks(text, to_client=HARTWELL, colleagues=STAFF)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Tom, how dumb can one be?", "contempt"),
        ("Tom, Petra has no idea what she wants.", "contempt"),
        ("Hi Tom,\n\nsee below, they are clueless.\n\nNina", "contempt"),
        ("Typical Hartwell.", "mockery"),
        ("Ugh, them again.", "annoyance"),
        ("Nina, the client is being a pain again.", "contempt"),
        ("Nina, we can charge them double, they won't notice.", "money"),
        ("Tom, keep this between us, please.", "secrecy"),
        ("Don't mention the server crash to Hartwell.", "secrecy"),
        ("Sam, let's just tell them it's the printer's fault.", "cover-up"),
        ("Sam, it's their own fault, they never read what we send.", "blame"),
        ("Sam, I don't trust Graham.", "judgement"),
        ("Tom, we should fire this client.", "parting"),
        ("Tom, Lena is useless.", "contempt"),
    ],
)
def test_a_remark_is_found_and_quoted(text: str, kind: str) -> None:
    (remark,) = find_leaks(text, to_client=HARTWELL, colleagues=STAFF)
    assert remark.kind == kind
    assert text[remark.start : remark.end] == remark.quote
    assert remark.whom in remark.quote
    assert remark.severity == SEVERITY[kind]


@pytest.mark.parametrize(
    "text",
    [
        "Tom, could you send Petra the file?",
        "Nina, the client approved the layout.",
        "Petra, the printers are idiots, I'm sorry.",
        "Petra, we were clueless, I'm sorry.",
        "Dear Petra, you have changed the brief four times.",
        "Dear Petra, please keep this between us until the press release.",
        "Dear Petra, please don't say that you are clueless.",
        'Tom, Petra wrote "they are clueless" of the printers.',
        "Tom, the client is late with the copy.",
        "Dear Graham, we see this differently.",
        "Tom, the hosting company is down. They are hopeless.",
        "Tom, Petra is angry about the invoice, and she is right.",
        "> Petra is an idiot.\n\nTom, please see to it.",
        "Sehr geehrte Frau Novak, wir sind nicht einverstanden, bitte rufen Sie uns an.",
        "",
    ],
)
def test_what_only_looks_like_one_is_left_alone(text: str) -> None:
    assert _kinds(text) == []


def test_who_is_spoken_to_decides_whom_they_means() -> None:
    assert _kinds("Tom, they are clueless.") == ["contempt"]
    assert _kinds("Petra, they are clueless.") == []
    (unsure,) = find_leaks("They are clueless.", to_client=HARTWELL, colleagues=STAFF)
    (surer,) = find_leaks("They are clueless.", to_client=HARTWELL, colleagues=STAFF, to_colleague=True)
    (sure,) = find_leaks("Tom, Hartwell are clueless.", to_client=HARTWELL, colleagues=STAFF)
    assert unsure.p < surer.p < sure.p


def test_a_name_of_both_sides_is_nobody_known() -> None:
    shared = Party(names=("Hartwell Foods", "Tom Novak"))
    assert find_leaks("Tom is useless.", to_client=shared, colleagues=("Tom Becker",)) == []


def test_what_is_mild_is_a_remark_and_no_leak() -> None:
    (remark,) = find_remarks("Tom, the client is late with the copy.", about=HARTWELL, colleagues=STAFF)
    assert (remark.kind, remark.severity, remark.whom) == ("mild", "low", "the client")


def test_history_among_colleagues_is_read_and_what_was_written_to_the_client_is_not_taken_for_it() -> None:
    history = ("Petra is clueless, see below.", "Dear Petra,\n\nthey are clueless, your printers.\n\nTom")
    (remark,) = find_leaks("Dear Petra, see below.", to_client=HARTWELL, colleagues=STAFF, history=history)
    assert remark.history == 0
    assert history[0][remark.start : remark.end] == remark.quote


def test_without_names_only_the_client_and_pronouns_are_known() -> None:
    assert [each.whom for each in find_remarks("The client is an idiot.")] == ["The client"]
    assert find_remarks("Petra is an idiot.") == []


def test_a_rule_can_be_switched_off() -> None:
    everything = frozenset(rule.id for rule in rulebook.load(RULE_FILE))
    assert find_remarks("The client is an idiot.", off=everything) == []


def test_every_kind_has_a_severity() -> None:
    assert {rule.kind for rule in rulebook.load(RULE_FILE)} == set(SEVERITY)


def test_signs_stand_letter_for_letter() -> None:
    text = "Dear Petra,\n\nGraham Hartwell and\nTom agree."
    masked = scenes.read(text, about=HARTWELL, colleagues=STAFF).masked
    assert masked == "Dear ǃǃǃǃǃ,\n\nǂǂǂǂǂǂ ǂǂǂǂǂǂǂǂ and ǁǁǁ agree."


@pytest.mark.parametrize("piece", ["they are ", "Petra, ", "ǂ", "don't tell ", '"', "\n", "the client "])
def test_no_text_is_too_odd(piece: str) -> None:
    text = "Tom, this is what we have and it is not what you will want to see of them. " * 20 + piece * 1_000
    find_leaks(text, to_client=HARTWELL, colleagues=STAFF)


@pytest.mark.parametrize(("name", "precision", "recall"), [("dev", 0.97, 0.95), ("held", 0.97, 0.95)])
def test_the_labelled_sets(name: str, precision: float, recall: float) -> None:
    """Not below what `training/leaks/README.md` says; what that is worth stands there, too."""
    right = wrong = leaks = 0
    for line in (SETS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        text, organisation, people, staff, label, _ = line.split("\t")
        client = Party(names=(organisation, *people.split(";")))
        found = find_leaks(text.replace("\\n", "\n"), to_client=client, colleagues=staff.split(";"))
        leaks += label == "leak"
        right += bool(found) and label == "leak"
        wrong += bool(found) and label == "fine"
    assert right / (right + wrong) >= precision
    assert right / leaks >= recall
