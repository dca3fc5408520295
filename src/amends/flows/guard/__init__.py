"""The check of outgoing messages, with what the firm knows; and what people make of what it finds."""

from __future__ import annotations

from amends.flows.guard.checking import Written, check_message, check_written
from amends.flows.guard.choosing import NoSuchRule, avoid, choose, forget_example, stop_avoiding, teach
from amends.flows.guard.opening import Opened, open_message
from amends.flows.guard.reacting import Seen, dismissed_marks, react, react_at_sending, take_back

__all__ = [
    "NoSuchRule", "Opened", "Seen", "Written", "avoid", "check_message", "check_written", "choose", "dismissed_marks",
    "forget_example", "open_message", "react", "react_at_sending", "stop_avoiding", "take_back", "teach",
]  # fmt: skip
