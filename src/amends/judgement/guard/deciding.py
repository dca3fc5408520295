"""Which function decides for which rule; the others are matched sentence by sentence (`wording`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.judgement.guard import facts, gaps, giving, history, lacking, own, recipients, substance

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from amends.judgement.guard.hits import Hit
    from amends.judgement.guard.rulefiles import GuardRule
    from amends.judgement.guard.view import View

DECIDE: dict[str, Callable[[GuardRule, View], Iterator[Hit]]] = {
    "talks-about-recipient": recipients.talks_about,
    "reply-all": recipients.reply_all,
    "reply-dropped": recipients.dropped,
    "reply-from-bcc": recipients.from_bcc,
    "new-domain": recipients.new_domain,
    "two-clients": recipients.two_clients,
    "internal-history": history.internal,
    "glossary": facts.glossary,
    "own-words": own.avoided,
    "other-client": facts.other_client,
    "greeting-name": facts.greeted_other,
    "attachment": facts.attachment,
    "placeholder": gaps.placeholder,
    "admits-only": substance.admits,
    "complaint-not-owned": lacking.found,
    "promise-without-date": lacking.found,
    "bad-news-only": substance.bad_news,
    "open-issue-unanswered": substance.unanswered,
    "favour-too-soon": substance.favour,
    "feeling-ignored": substance.feeling_ignored,
    "beyond-authority": giving.beyond,
    "beyond-authority-said": giving.said_beyond,
}
