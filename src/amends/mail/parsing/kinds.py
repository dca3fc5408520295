"""What sort of message it is, told by its headers: personal, bulk, automatic, bounced or calendar.

Sources: RFC 3834 (Auto-Submitted), RFC 2369 and 2919 (List-*), RFC 3464 (delivery reports), RFC 5546 (invitations),
and the headers that mail programs and campaign tools are known to set. X-Auto-Response-Suppress alone proves
nothing: Exchange sets it on ordinary mail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection

from amends.mail.parsing.types import Kind

# (header, what its value must look like, kind); the first that fits decides.
_RULES: tuple[tuple[str, re.Pattern[str], Kind], ...] = (
    ("x-failed-recipients", re.compile(r"\S"), Kind.BOUNCE),
    ("auto-submitted", re.compile(r"(?!\s*no\b)\s*\S", re.I), Kind.AUTOMATIC),
    ("x-autoreply", re.compile(r"(?!\s*(?:no|false)\b)\s*\S", re.I), Kind.AUTOMATIC),
    ("x-autorespond", re.compile(r"\S"), Kind.AUTOMATIC),
    ("x-autoresponder", re.compile(r"\S"), Kind.AUTOMATIC),
    ("x-autoreply-from", re.compile(r"\S"), Kind.AUTOMATIC),
    ("x-mail-autoreply", re.compile(r"\S"), Kind.AUTOMATIC),
    ("x-auto-reply", re.compile(r"\S"), Kind.AUTOMATIC),
    ("x-ms-exchange-generated-message-source", re.compile(r"mailbox rules|antispam|journal", re.I), Kind.AUTOMATIC),
    ("x-ms-exchange-inbox-rules-loop", re.compile(r"\S"), Kind.AUTOMATIC),
    ("x-post-messageclass", re.compile(r"autoreply|9", re.I), Kind.AUTOMATIC),
    ("delivered-to", re.compile(r"autoresponder", re.I), Kind.AUTOMATIC),
    ("x-loop", re.compile(r"autorespond", re.I), Kind.AUTOMATIC),
    ("precedence", re.compile(r"auto[_-]?reply", re.I), Kind.AUTOMATIC),
    ("x-precedence", re.compile(r"auto[_-]?reply", re.I), Kind.AUTOMATIC),
    ("list-id", re.compile(r"\S"), Kind.BULK),
    ("list-post", re.compile(r"\S"), Kind.BULK),
    ("list-unsubscribe", re.compile(r"\S"), Kind.BULK),
    ("precedence", re.compile(r"\s*(?:bulk|list|junk)\b", re.I), Kind.BULK),
    ("x-precedence", re.compile(r"\s*(?:bulk|list|junk)\b", re.I), Kind.BULK),
    ("list-help", re.compile(r"\S"), Kind.BULK),
    ("list-subscribe", re.compile(r"\S"), Kind.BULK),
    ("mailing-list", re.compile(r"\S"), Kind.BULK),
    ("x-mailing-list", re.compile(r"\S"), Kind.BULK),
    ("x-mailman-version", re.compile(r"\S"), Kind.BULK),
    ("x-beenthere", re.compile(r"\S"), Kind.BULK),
    ("x-ml-name", re.compile(r"\S"), Kind.BULK),
    ("feedback-id", re.compile(r"\S"), Kind.BULK),
    ("x-campaign", re.compile(r"\S"), Kind.BULK),
    ("x-campaign-id", re.compile(r"\S"), Kind.BULK),
    ("x-campaignid", re.compile(r"\S"), Kind.BULK),
    ("x-mc-user", re.compile(r"\S"), Kind.BULK),
    ("x-csa-complaints", re.compile(r"\S"), Kind.BULK),
    ("x-mailer", re.compile(r"mailchimp|phpmailer.*newsletter|phplist|campaign|newsletter|sendinblue|cleverreach|"
                            r"constant ?contact|acymailing|emarsys|mailjet|hubspot|sailthru|exacttarget|aweber", re.I),
     Kind.BULK),
)  # fmt: skip
HEADERS = frozenset(name for name, _, _ in _RULES)
_DAEMON = re.compile(
    r"(?:mailer-daemon|postmaster|mail-daemon|mdaemon|mail\.delivery|microsoftexchange[0-9a-f]{10,})(?:@|\Z)", re.I
)
_FAILED = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|notification)|returned mail|mail delivery (?:failed|"
    r"system|subsystem)|"
    r"failure notice|could not be delivered|unzustellbar|nicht zustellbar|non remis|échec de|no se pudo entregar|"
    r"mancata consegna|onbestelbaar|warning: could not send|message status",
    re.I,
)
_NO_REPLY = re.compile(
    r"(?:no-?_?reply|do-?not-?reply|donotreply|noreply|auto-?reply|autoresponder|notifications?)[^@]*@", re.I
)
_AWAY = re.compile(
    r"out of (?:the )?office|automatic reply|auto(?:matic)?[- ]?repl(?:y|ies)|auto(?:matic)?[- ]?response|"
    r"away from (?:my|the)|"
    r"on vacation|abwesenheit|abwesend|automatische antwort|nicht im (?:büro|haus)|réponse automatique|"
    r"absence du bureau|"
    r"absent du bureau|message d.absence|respuesta automática|fuera de (?:la )?oficina|risposta automatica|"
    r"fuori (?:sede|ufficio)|"
    r"assente|automatisch antwoord|afwezig|autosvar|fraværende|frånvaro|automatiskt svar|automatisk svar|"
    r"poissa|automaattinen|"
    r"resposta automática|fora do escritório|ausência|autoodpowiedź|odpowiedź automatyczna|poza biurem|"
    r"automatická odpověď|"
    r"автоответ|автоматический ответ|нет на месте|自動返信|自动回复|自動回覆|不在",
    re.I,
)
_CALENDAR_METHODS = frozenset(("request", "reply", "cancel", "counter", "refresh", "declinecounter", "publish", "add"))

Get = Callable[[str], str]


def kind_of(
    get: Get,
    *,
    present: Collection[str],
    subject: str,
    sender: str,
    content_type: str,
    report_type: str = "",
    method: str = "",
    words: bool = True,
) -> tuple[Kind, str]:
    """The kind and the header that told it ("" for personal).

    `get` returns the unfolded value of a header by its lower-case name, "" when absent; `present` holds the names
    of the headers that are there; `sender` is the From address; `content_type` and `report_type` describe the root
    part; `method` is that of a calendar part (RFC 5546)
    and `words` says whether the message has text of its own beside it.
    """
    bounce = _bounce(get, subject, sender, content_type, report_type)
    if bounce:
        return Kind.BOUNCE, bounce
    if method.lower() in _CALENDAR_METHODS and not words:
        return Kind.CALENDAR, f"Content-Type: text/calendar; method={method.upper()}"
    if not HEADERS.isdisjoint(present):
        for header, pattern, kind in _RULES:
            if header in present:
                value = get(header)[:1000]
                if pattern.search(value) if header in _SEARCHED else pattern.match(value):
                    return kind, f"{_cased(header)}: {value[:80]}"
    if content_type == "multipart/report":
        return Kind.AUTOMATIC, f"Content-Type: multipart/report; report-type={report_type or 'unknown'}"
    hint = _hint(get, sender)
    if hint and _AWAY.search(subject):
        return Kind.AUTOMATIC, f"Subject: {subject[:80]} ({hint})"
    if get("return-path").replace(" ", "") == "<>":
        return Kind.AUTOMATIC, "Return-Path: <>"
    return Kind.PERSONAL, ""


_SEARCHED = frozenset(
    ("x-mailer", "delivered-to", "x-loop", "x-ms-exchange-generated-message-source", "x-post-messageclass")
)


def _bounce(get: Get, subject: str, sender: str, content_type: str, report_type: str) -> str:
    daemon = _DAEMON.match(sender) is not None
    told = report_type.lower() == "delivery-status" or (daemon and not report_type)
    if content_type == "multipart/report" and told:
        return f"Content-Type: multipart/report; report-type={report_type or 'unknown'}"
    if daemon:
        if get("return-path").replace(" ", "") == "<>":
            return "Return-Path: <>"
        if sender.lower().startswith(("mailer-daemon", "mail-daemon")) or _FAILED.search(subject):
            return f"From: {sender[:80]}"
    failed = get("x-failed-recipients")
    return f"X-Failed-Recipients: {failed[:80]}" if failed else ""


def _hint(get: Get, sender: str) -> str:
    """What else points to a machine, when the subject says that somebody is away."""
    for header in ("x-auto-response-suppress", "x-ms-exchange-calendar-originator-id", "errors-to"):
        if get(header):
            return _cased(header)
    if get("return-path").replace(" ", "") == "<>":
        return "Return-Path"
    return "From" if _NO_REPLY.match(sender) else ""


def _cased(header: str) -> str:
    return "-".join(
        word.upper() if word in ("id", "ms", "csa", "ml") else word.capitalize() for word in header.split("-")
    )
