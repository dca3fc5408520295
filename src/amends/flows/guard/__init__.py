"""The check of outgoing messages, with what the firm knows; and what people make of what it finds."""

from __future__ import annotations

from amends.flows.guard.checking import Written, check_message, check_text, check_written
from amends.flows.guard.choosing import NoSuchRule, avoid, choose, forget_example, stop_avoiding, teach
from amends.flows.guard.given import laid_over, settings_given
from amends.flows.guard.opening import Opened, open_message
from amends.flows.guard.reacting import Seen, Told, dismissed_marks, react, react_at_sending, react_to_all, take_back

__all__ = [
    "NoSuchRule", "Opened", "Seen", "Told", "Written", "avoid", "check_message", "check_text", "check_written",
    "choose", "dismissed_marks", "forget_example", "laid_over", "open_message", "react", "react_at_sending",
    "react_to_all", "settings_given", "stop_avoiding", "take_back", "teach",
]  # fmt: skip
