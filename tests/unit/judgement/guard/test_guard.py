"""The guard on whole drafts: what it says, in which order, and that nothing that is typed makes it fail."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.guard import (
    FAMILIES,
    MOST,
    Client,
    Context,
    Draft,
    Earlier,
    Glossary,
    Mailbox,
    Settings,
    check,
    deciding,
    rules,
)
from amends.judgement.guard.examples import CAST, DIANE, JO, MARTA, SAM, TOM, setting
from amends.mail.drafted import draft_of_text, thread_of

BLAME = "You should have told us about the change."
INSULT = "Your request is ridiculous."


def draft(text: str, **known: object) -> Draft:
    return replace(Draft(text, sender=JO, to=(MARTA,)), **known)  # type: ignore[arg-type]


def families(text: str, context: Context = CAST, **known: object) -> list[str]:
    return [each.family for each in check(draft(text, **known), context).findings]


@given(st.text(max_size=2_000))
@settings(max_examples=60, deadline=None)
def test_any_text_is_judged_and_offsets_are_its_own(text: str) -> None:
    result = check(draft(text), CAST)
    assert result.failed == {}
    assert len(result.findings) <= MOST
    for each in result.findings:
        if each.start is not None:
            assert each.quote == text[each.start : each.end]


_PIECES = st.sampled_from(
    [
        "you should have",
        "[",
        "]",
        "{{",
        "as we clearly",
        "\n",
        "> ",
        "guarantee",
        "sorry if",
        "“",
        '"',
        "XXX",
        "attached",
        "€1,200 refund",
    ]
)


@given(st.lists(st.one_of(_PIECES, st.text(max_size=12)), max_size=60))
@settings(max_examples=60, deadline=None)
def test_pieces_of_what_rules_look_for_in_any_order(pieces: list[str]) -> None:
    text = " ".join(pieces)
    result = check(draft(text, below=(text,)), replace(CAST, thread=(Earlier(text, MARTA, (JO,)),)))
    assert result.failed == {}


@pytest.mark.parametrize(
    "text",
    [
        "you should have " * 65_536,
        "a" * 1_000_000,
        "You never told us. " * 55_000,
        "[" * 200_000 + "]" * 200_000,
        "_" * 1_000_000,
        "\n" * 1_000_000,
        "שלום, הקובץ מוכן. " * 20_000,
        '"' * 500_000,
        "user@host.example: " * 50_000,
    ],
    ids=["blame", "letters", "sentences", "brackets", "line", "breaks", "hebrew", "quotes", "addresses"],
)
def test_a_megabyte_is_judged(text: str) -> None:
    assert check(draft(text, below=(text,)), CAST).failed == {}


def test_only_a_quote_is_not_judged_for_tone() -> None:
    result = check(draft("", below=("> You people are useless. You should have told us.",)), CAST)
    assert (result.verdict, result.findings) == ("send", ())


def test_the_client_s_own_words_are_not_ours() -> None:
    assert families("You wrote “you should have told us”, and you are right. I'm sorry.") == []


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("The file is in the portal.", "send"), (BLAME, "warn"), (INSULT, "hold")],
)
def test_the_verdict_follows_the_severest(text: str, verdict: str) -> None:
    assert check(draft(text), CAST).verdict == verdict


def test_the_strongest_comes_first() -> None:
    assert families(f"{BLAME} {INSULT}") == ["insult", "blame"]


def test_a_firm_can_switch_rules_off_or_change_their_severity() -> None:
    def under(known: Settings) -> list[tuple[str, str]]:
        return [
            (e.family, e.severity) for e in check(draft(f"{BLAME} {INSULT}"), replace(CAST, settings=known)).findings
        ]

    assert under(Settings(off=frozenset({"blame"}))) == [("insult", "stop")]
    assert under(Settings(off=frozenset({"insult-person"}))) == [("blame", "warn")]
    assert under(Settings(only=frozenset({"blame"}))) == [("blame", "warn")]
    assert under(Settings(severity={"blame": "stop", "insult": "advice"})) == [("blame", "stop"), ("insult", "advice")]


def test_a_rule_that_raises_is_reported_and_blocks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(deciding.DECIDE, "glossary", broken)
    result = check(draft(f"All customers see [Name]. {BLAME}"), CAST)
    assert result.failed == {"glossary": "ZeroDivisionError"}
    assert [each.family for each in result.findings] == ["placeholder", "blame"]


def test_a_promise_with_its_day_in_the_next_sentence_is_dated() -> None:
    assert families("I'll send you the layouts. You'll have all three on Wednesday.") == []


def test_the_limit_is_the_sender_s_own() -> None:
    text = "I'm sorry. You get a credit of EUR 750 today."
    assert families(text) == ["beyond_authority"]
    assert families(text, replace(CAST, authority=Decimal(1000))) == []
    assert families(text, replace(CAST, authority=None)) == []


def test_an_open_issue_that_is_stored_counts_like_one_in_the_message() -> None:
    context = replace(CAST, issues=("The invoice charges forty tablets instead of thirty-two.",))
    assert families("I'm sorry about the VPN. It is stable since seven.", context) == ["open_issue_unanswered"]
    assert families("I'm sorry. The invoice is corrected since noon.", context) == []


def test_inside_the_firm_tone_is_nobody_s_business() -> None:
    assert families(f"{BLAME} All customers know.", to=(SAM,)) == []


def test_bcc_keeps_clients_apart() -> None:
    assert families("We are closed on Friday.", to=(JO,), bcc=(MARTA, DIANE)) == []
    assert families("We are closed on Friday.", to=(MARTA,), cc=(DIANE,)) == ["two_clients_together"]


def test_a_glossary_suggests_the_word_in_the_same_form() -> None:
    known = replace(CAST, glossary=Glossary({"customer": "guest"}))
    found = check(draft("Customers like it."), known).findings
    assert [(e.quote, e.suggestion) for e in found] == [("Customers", "Guests")]


def test_a_term_inside_the_right_one_is_right() -> None:
    known = replace(CAST, glossary=Glossary({"union": "credit union"}))
    assert families("The credit union opens at nine.", known) == []


def test_without_knowing_our_domains_the_sender_s_is_ours() -> None:
    alone = Context(clients=(Client("Harbour Hotels", ("harbour.example",), (MARTA, TOM)),))
    assert families(INSULT, alone, to=(SAM,)) == []
    assert families(INSULT, alone, to=(MARTA,)) == ["insult"]


def test_the_thread_may_have_had_both_clients() -> None:
    known = replace(CAST, thread=(Earlier("Hello both", MARTA, (JO, DIANE)),))
    assert families("See you on Friday.", known, cc=(DIANE,)) == []


def test_lookalike_domains_are_seen_without_a_thread() -> None:
    assert families("The list is below.", to=(Mailbox("marta@harbuor.example", "Marta Ruiz"),)) == ["new_domain"]


def test_every_family_of_the_contract_is_there() -> None:
    assert len(FAMILIES) == 22
    assert {rule.family for rule in rules().values()} == set(FAMILIES)


WRONG = "The labels of both brochures are wrong and nobody answered my two mails. This is not good enough."


def answering(asked: str) -> Context:
    return replace(CAST, thread=(Earlier(asked, MARTA, (JO,)),))


@pytest.mark.parametrize(
    "text",
    ["The fault is mine.", "Hello Marta,\nthe mistake is ours.\nJo", "That is on us. The plan is with you on Friday."],
)
def test_bare_owning_says_nothing_that_could_be_mended(text: str) -> None:
    assert families(text) == []


def test_of_an_admission_the_deed_is_told_and_not_the_owning() -> None:
    said = "It was our mistake. We sent the brochure with the wrong prices to the printer. I am sorry."
    found = check(draft(said), answering(WRONG)).findings
    assert [(each.family, each.quote) for each in found] == [
        ("admits_without_solution", "We sent the brochure with the wrong prices to the printer.")
    ]


def test_a_question_is_no_complaint() -> None:
    asked = "I tried three times and it only says that access is denied. Can you reset it?"
    assert families("Done at 14:05, you have a new code.", answering(asked)) == []


def test_a_reproach_that_is_mended_without_a_word_of_owning_is_advice() -> None:
    found = check(draft("The corrected labels will be in the portal today at four."), answering(WRONG)).findings
    assert [(each.family, each.severity) for each in found] == [("complaint_not_owned", "advice")]
    owned = "You're right, and I'm sorry. The corrected labels will be in the portal today at four."
    assert "complaint_not_owned" not in families(owned, answering(WRONG))


def test_what_was_looked_into_may_find_the_client_mistaken() -> None:
    said = "I have checked both files in the portal: the labels there are those of your list of 3 March."
    assert "complaint_not_owned" not in families(said, answering(WRONG))


def test_one_complaint_told_in_two_sentences_is_one_point() -> None:
    asked = "You forgot the ramp. My colleague had to be carried onto the stage."
    assert families("I'm sorry, the ramp stayed in our warehouse. Two now live in the van.", answering(asked)) == []


def test_a_point_set_apart_wants_its_own_answer() -> None:
    asked = "Could you add the recipe to the page? Also the invoice for March is twice what we agreed on the 4th."
    said = "The recipe is on the page since this morning."
    assert families(said, answering(asked)) == ["open_issue_unanswered"]


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("The {{first_name}} tag stays as it is, the system fills it in. Same for [STUDIO] in the footer.", 0),
        ("Don't mind the lorem ipsum on page 6, your text comes on Monday.", 0),
        ("Hello,\n\nthe hall is closed on Sunday.", 0),
        ("Dear ,\n\nthe hall is closed on Sunday.", 1),
        ("Hi [Name], the template is in the portal.", 1),
        ("Your account is with {{manager}} from May on.", 1),
    ],
)
def test_a_gap_that_is_talked_about_is_none(text: str, gaps: int) -> None:
    assert families(text).count("placeholder") == gaps


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Sam, heads up. She's going to push back on the price, I'd open at 900.", True),
        ("Sam, can you ring Marta before she escalates this? She has been in a mood since Monday.", True),
        ("Sam, Marta would like to push back the date to May. Could you tell the hall?", False),
        ("Sam, Marta has a cash-flow report for us, could you read it before Friday?", False),
    ],
)
def test_tactics_about_a_client_in_front_of_them(text: str, told: bool) -> None:
    assert ("talks_about_recipient" in families(text, to=(SAM,), cc=(MARTA,))) is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Marta, this one is for you only: the code is 4471.", True),
        ("Hi Marta, on your private question: yes, the form went in.", True),
        ("Marta, we have kept the terrace just for you and your guests.", False),
    ],
)
def test_words_for_one_that_others_read(text: str, told: bool) -> None:
    assert ("reply_all_risk" in families(text, cc=(TOM,))) is told


def test_so_many_months_at_so_much_are_added_up() -> None:
    assert families("You won't pay for hosting this year, so that's 9 months at $220 off.") == ["beyond_authority"]
    assert families("You won't pay for the next month at $220.") == []


def test_a_title_is_matched_with_any_joining_signs() -> None:
    client = Client("Fern Foods", ("fern.example",))
    assert client.called.loose.search("offer Fern_Foods 2026")
    assert client.called.loose is client.called.loose


@pytest.mark.parametrize(
    ("through", "told"),
    [
        (Earlier("Which figure?", MARTA, (TOM,)), True),
        (Earlier("Which figure?", MARTA, (TOM,), listed=True), False),
        (Earlier("Which figure?", MARTA, (TOM, Mailbox("office@harbour.example"))), False),
    ],
    ids=["blind copy", "mailing list", "address of several"],
)
def test_who_got_it_through_a_list_was_no_blind_copy(through: Earlier, told: bool) -> None:
    context = replace(CAST, thread=(through,))
    assert ("reply_all_risk" in families("The second one.", context, to=(MARTA, TOM))) is told


def test_the_model_alone_hears_a_tone_only_where_somebody_complains() -> None:
    rule = rules()["blame-said-otherwise"]
    text, (_, beside) = draft_of_text(rule.bad[0]), setting(rule, Draft(""))
    said = replace(text, sender=JO, to=(MARTA,))
    assert [each.rule for each in check(said, beside).findings] == [rule.id]
    calm = replace(beside, thread=(Earlier("Could you send it?", MARTA, (JO,)),))
    for context in (calm, replace(beside, thread=())):
        assert check(said, context).findings == ()


def test_what_a_list_brought_is_known_by_its_headers() -> None:
    head = b"From: Marta <marta@harbour.example>\nTo: tom@harbour.example\nDate: Mon, 2 Mar 2026 10:00:00 +0000\n"
    for more, listed in ((b"", False), (b"List-Id: <plans.harbour.example>\n", True), (b"Precedence: list\n", True)):
        (one,) = thread_of(head + more + b"\nWhich figure?\n")
        assert one.listed is listed
