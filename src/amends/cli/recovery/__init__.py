"""`amends recovery`: every deed of the pages of a recovery, as a command."""

from amends.cli.recovery import answer, call, issue, learn, work
from amends.cli.recovery.group import recovery_command

__all__ = ["answer", "call", "issue", "learn", "recovery_command", "work"]
