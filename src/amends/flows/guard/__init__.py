"""The check of outgoing messages, with what the firm knows; and what people make of what it finds."""

from __future__ import annotations

from amends.flows.guard.checking import Written, check_message, check_written
from amends.flows.guard.choosing import NoSuchRule, avoid, choose, forget_example, stop_avoiding, teach
from amends.flows.guard.reacting import Seen, dismissed_marks, react, react_at_sending

__all__ = [
    "NoSuchRule", "Seen", "Written", "avoid", "check_message", "check_written", "choose", "dismissed_marks",
    "forget_example", "react", "react_at_sending", "stop_avoiding", "teach",
]  # fmt: skip
