"""Sending: everything that leaves Amends goes through here, and through the outbox.

A call records a draft with its exact bytes and returns; the job runner sends it (`deliver`). So nothing waits for a
mail server, and nothing is lost or doubled when a process dies.
"""

from __future__ import annotations

from amends.flows.send.by_hand import letter
from amends.flows.send.notice import send_notice, send_test
from amends.flows.send.reply import Answer, LookAgain, Looked, look, look_new, reply, write
from amends.flows.send.settle import TooLate, check_held, decided_by, may_read_words, offered, rewrite, settle, step_of
from amends.outbox.actions.accounts import Settings, remove_account, save_account
from amends.outbox.actions.write import NotReady
from amends.outbox.compose import NoAddress
from amends.outbox.queries import NoSender

__all__ = [
    "Answer", "LookAgain", "Looked", "NoAddress", "NoSender", "NotReady", "Settings", "TooLate", "check_held",
    "decided_by", "letter", "look", "look_new", "may_read_words", "offered", "remove_account", "reply", "rewrite",
    "save_account", "send_notice", "send_test", "settle", "step_of", "write",
]  # fmt: skip
