"""The setting in which the rules' examples are read: a firm with words to avoid, two clients, a glossary, an authority.

`jo@firm.example` writes to Marta Ruiz of Harbour Hotels; Fern Foods is another client. Rules that need a thread
(`needs = "thread"`) get one from Marta to Jo with Tom in copy; `needs = "blind-copy"` one from Marta to Tom alone;
`needs = "model"` one in which Marta complains.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from amends.judgement.guard.types import Avoided, Client, Context, Draft, Earlier, Glossary, Mailbox, Settings

if TYPE_CHECKING:
    from amends.judgement.guard.rulefiles import GuardRule

JO, SAM = Mailbox("jo@firm.example", "Jo Tanner"), Mailbox("sam@firm.example", "Sam Okafor")
MARTA, TOM = Mailbox("marta@harbour.example", "Marta Ruiz"), Mailbox("tom@harbour.example", "Tom Beale")
DIANE = Mailbox("diane@fern.example", "Diane Pruitt")
CAST = Context(
    own_domains=frozenset({"firm.example"}),
    clients=(
        Client("Harbour Hotels", ("harbour.example",), (MARTA, TOM)),
        Client("Fern Foods", ("fern.example",), (DIANE,)),
    ),
    glossary=Glossary({"customers": "guests", "customer": "guest"}, ("cheap",)),
    authority=Decimal(500),
    colleagues=(SAM,),
)
_ASKED = Earlier("Could you send it?", MARTA, (JO,), (TOM,))
_BLIND = Earlier("Which figure do we use?", MARTA, (TOM,))
_WRONG = Earlier("The third invoice is wrong again and I am really annoyed. Nobody answers me.", MARTA, (JO,))


def setting(rule: GuardRule, draft: Draft) -> tuple[Draft, Context]:
    """An example of this rule as it is judged: alone, with somebody to write to where it names nobody."""
    if draft.sender is None:
        to = (MARTA, TOM) if rule.needs == "blind-copy" else (MARTA,)
        draft = replace(draft, sender=JO, to=to)
    thread = {"thread": (_ASKED,), "blind-copy": (_BLIND,), "model": (_WRONG,)}.get(rule.needs, ())
    own = Settings(only=frozenset({rule.id}), avoided=(Avoided("circle back"),))
    return draft, replace(CAST, thread=thread, settings=own)
