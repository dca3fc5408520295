"""Sending: everything that leaves Amends goes through here, and through the outbox.

A call records a draft with its exact bytes and returns; the job runner sends it (`deliver`). So nothing waits for a
mail server, and nothing is lost or doubled when a process dies.
"""

from __future__ import annotations

from amends.flows.send.notice import send_notice, send_test
from amends.outbox.compose import NoAddress
from amends.outbox.queries import NoSender

__all__ = ["NoAddress", "NoSender", "send_notice", "send_test"]
