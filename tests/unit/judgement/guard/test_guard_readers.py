"""Who gets a draft, where the thread and the draft's own words say more than the addresses do."""

from dataclasses import replace

import pytest

from amends.judgement.guard import Draft, Earlier, Mailbox, check
from amends.judgement.guard.examples import CAST, DIANE, JO, MARTA, TOM


def families(draft: Draft, *thread: Earlier) -> list[str]:
    return [each.family for each in check(draft, replace(CAST, thread=thread)).findings]


@pytest.mark.parametrize(
    ("asked", "risk"),
    [
        ("The board meets at six, so please answer to all of us: is the lift running?", True),
        ("Is the lift running? Keep us all in copy, Tom has the keys.", True),
        ("Is the lift running? No need to reply to all.", False),
        ("Is the lift running?", False),
    ],
)
def test_an_answer_that_all_were_to_get(asked: str, risk: bool) -> None:
    earlier = Earlier(asked, MARTA, (JO,), (TOM,))
    draft = Draft("It has been running since nine.", sender=JO, to=(MARTA,))
    assert ("reply_all_risk" in families(draft, earlier)) is risk
    assert "reply_all_risk" not in families(replace(draft, cc=(TOM,)), earlier)


@pytest.mark.parametrize(
    ("address", "strange"),
    [("marta.ruiz@harbour-hq.example", True), ("marta@mail.harbour.example", False), ("m@harbourside.example", False)],
)
def test_a_domain_that_carries_the_name_of_a_client(address: str, strange: bool) -> None:
    draft = Draft("The code is in the sealed letter.", sender=JO, to=(Mailbox(address, "Marta Ruiz"),))
    assert ("new_domain" in families(draft)) is strange


def test_a_blind_copy_is_shown_only_where_its_sender_gets_the_answer() -> None:
    blind = Earlier("Which figure do we use?", DIANE, (MARTA, TOM))
    alone = Draft("Please leave the figure to me.", sender=JO, to=(MARTA, TOM))
    assert "reply_all_risk" not in families(alone, blind)
    assert "reply_all_risk" in families(replace(alone, cc=(DIANE,)), blind)


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("Diane Pruitt of Fern Foods has agreed to tell you how it went.", False),
        ("Fern Foods pay less than you do.", True),
    ],
)
def test_a_client_who_agreed_may_be_named(said: str, named: bool) -> None:
    assert ("other_client_name" in families(Draft(said, sender=JO, to=(MARTA,)))) is named
