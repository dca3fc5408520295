"""How findings look and read: for each severity a word, a shape and a colour; for each family a name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from amends.judgement.guard import Family


@dataclass(frozen=True, slots=True)
class Look:
    """`icon` is a shape, `tone` a colour; the word says what both say."""

    word: Promise
    icon: str
    tone: str


LOOKS: dict[str, Look] = {
    "stop": Look(gettext_lazy("Stop"), "octagon-x", "stop"),
    "warn": Look(gettext_lazy("Warning"), "triangle-alert", "warn"),
    "advice": Look(gettext_lazy("Advice"), "lightbulb", "advice"),
}

FAMILY_NAMES: dict[Family, Promise] = {
    "blame": gettext_lazy("Blame"),
    "excuse": gettext_lazy("Excuse"),
    "denial": gettext_lazy("Denial"),
    "sarcasm": gettext_lazy("Sarcasm"),
    "insult": gettext_lazy("Insult"),
    "over_promise": gettext_lazy("Promises too much"),
    "admits_without_solution": gettext_lazy("A mistake without a remedy"),
    "complaint_not_owned": gettext_lazy("A complaint not owned"),
    "promise_without_date": gettext_lazy("A promise without a day"),
    "bad_news_without_plan": gettext_lazy("Bad news without a plan"),
    "open_issue_unanswered": gettext_lazy("An open point unanswered"),
    "feeling_ignored": gettext_lazy("Their feeling passed over"),
    "beyond_authority": gettext_lazy("Beyond the sender’s authority"),
    "talks_about_recipient": gettext_lazy("Talks about a recipient"),
    "reply_all_risk": gettext_lazy("To more or fewer than meant"),
    "new_domain": gettext_lazy("A domain new to the conversation"),
    "two_clients_together": gettext_lazy("Two clients together"),
    "internal_history_forwarded": gettext_lazy("Internal history below"),
    "glossary": gettext_lazy("Words to avoid"),
    "other_client_name": gettext_lazy("Somebody else’s name"),
    "attachment_missing": gettext_lazy("Attachment missing"),
    "placeholder": gettext_lazy("A gap left open"),
}

GROUPS: tuple[tuple[str, Promise, tuple[Family, ...]], ...] = (
    ("wording", gettext_lazy("Wording"), ("blame", "excuse", "denial", "sarcasm", "insult", "over_promise")),
    ("substance", gettext_lazy("Substance"), (
        "admits_without_solution", "complaint_not_owned", "promise_without_date", "bad_news_without_plan",
        "open_issue_unanswered", "feeling_ignored", "beyond_authority",
    )),
    ("recipients", gettext_lazy("Recipients"), (
        "talks_about_recipient", "reply_all_risk", "new_domain", "two_clients_together", "internal_history_forwarded",
    )),
    ("facts", gettext_lazy("Facts"), ("glossary", "other_client_name", "attachment_missing", "placeholder")),
)  # fmt: skip


def family_name(family: str) -> str:
    """What a family is called; one that is not known any more, by its id."""
    return str(next((name for key, name in FAMILY_NAMES.items() if key == family), family.replace("_", " ")))


def counted(number: int) -> str:
    """ "2 findings"."""
    if not number:
        return _("No findings")
    return ngettext("%(n)s finding", "%(n)s findings", number) % {"n": number}


def said(severities: Sequence[str], *, blank: bool) -> str:
    """The verdict in words."""
    if blank:
        return _("Nothing to read yet")
    if "stop" in severities:
        return _("This should not leave as it is")
    if "warn" in severities:
        return _("Look at this before it leaves")
    if severities:
        return _("Fine to send; a thought beside it")
    return _("Fine to send")
