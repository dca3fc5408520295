"""What the audit log's codes mean, in words. A code without words here is shown as it is, readably."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from amends.firm.models import Role
from amends.insights.named import kind_and_id


def part(name: str) -> str:
    """What a part of the log is called: "member" is "Members"."""
    known = {
        "approval": _("Approvals"),
        "audit": _("The audit log"),
        "budget": _("Authority and budgets"),
        "check": _("The check"),
        "client": _("Clients"),
        "glossary": _("Glossaries"),
        "draft": _("Outbox"),
        "corrections": _("Corrections"),
        "mail": _("Mail opened"),
        "mailbox": _("Mailboxes"),
        "policy": _("Capital policy"),
        "remedy": _("Remedies"),
        "member": _("Members"),
        "settings": _("Settings"),
        "sign_in": _("Signing in"),
        "two_factor": _("Two-factor"),
    }
    return known.get(name) or name.replace("_", " ").capitalize()


def deed(did: str) -> str:
    """What was done, as the end of a sentence that begins with who."""
    known = {
        "audit.downloaded": _("downloaded the audit log"),
        "check.sentence_added": _("taught the check a sentence about"),
        "check.sentence_changed": _("taught the check otherwise about"),
        "check.sentence_removed": _("took a sentence away about"),
        "check.weighed": _("changed how much the check weighs"),
        "check.words_added": _("keeps out of all mail"),
        "check.words_changed": _("changed among the words to avoid"),
        "check.words_removed": _("no longer keeps out of all mail"),
        "corrections.exported": _("downloaded the corrections"),
        "draft.dropped": _("dropped"),
        "draft.released": _("let go what the check held:"),
        "draft.taken_back": _("took back"),
        "glossary.added": _("added to the glossary of"),
        "glossary.changed": _("changed in the glossary of"),
        "glossary.removed": _("took from the glossary of"),
        "mail.attachment_opened": _("opened an attachment of"),
        "mail.original_opened": _("opened the original of"),
        "member.authority": _("changed the authority of"),
        "member.deactivated": _("deactivated"),
        "member.invitation_withdrawn": _("withdrew the invitation of"),
        "member.invited": _("invited"),
        "member.invited_again": _("invited again"),
        "member.joined": _("joined"),
        "member.password_changed": _("set a new password"),
        "member.reactivated": _("reactivated"),
        "member.reset_asked": _("asked for a new password"),
        "member.reset_made": _("made a password link for"),
        "member.role_changed": _("changed the role of"),
        "member.sessions_ended": _("signed out everywhere else"),
        "policy.adopted": _("adopted a capital policy:"),
        "settings.changed": _("changed the firm's settings"),
        "settings.sign_in_changed": _("changed how everybody signs in"),
        "sign_in.done": _("signed in"),
        "sign_in.link_made": _("made a sign-in link for"),
        "sign_in.locked_out": _("tried too often to sign in as"),
        "two_factor.app_added": _("added an authenticator app"),
        "two_factor.app_removed": _("removed the authenticator app"),
        "two_factor.passkey_added": _("added a passkey"),
        "two_factor.passkey_removed": _("removed a passkey"),
        "two_factor.recovery_made": _("made new recovery codes"),
        "two_factor.recovery_used": _("used a recovery code"),
        "two_factor.taken_away": _("took two-factor from"),
    }
    return known.get(did) or did.replace(".", ": ").replace("_", " ")


def thing(about: str) -> str:
    """What has no name to show: "message 0198…" is "a message (…4f2a91c0)"; anything else stays as it is."""
    parts = kind_and_id(about)
    if parts is None:
        return about
    known = {
        "client": _("a client"),
        "delivery": _("a delivery"),
        "draft": _("a message to send"),
        "engagement": _("an engagement"),
        "job": _("a job"),
        "mailbox": _("a mailbox"),
        "message": _("a message"),
        "thread": _("a conversation"),
        "token": _("an access token"),
        "webhook": _("a webhook"),
    }
    kind, key = parts
    return f"{known.get(kind, kind)} (…{key.hex[-8:]})"


def details(detail: dict[str, Any]) -> str:
    """Names and numbers in a line: "role: partner"."""
    return ", ".join(f"{name.replace('_', ' ')}: {_value(value)}" for name, value in detail.items())


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("yes") if value else _("no"))
    if isinstance(value, list):
        return ", ".join(str(one).replace("_", " ") for one in value)
    return str(dict(Role.choices).get(value, value)) if isinstance(value, str) else str(value)
