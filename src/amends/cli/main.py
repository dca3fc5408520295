"""The `amends` command: its verbs, loaded only when they are called, and how every failure ends.

Exit codes: 0 done; 1 done, and something needs attention; 2 wrong usage or input, nothing changed.
"""

from __future__ import annotations

import importlib
import os

import click

from amends import __version__
from amends.core.errors import AmendsError

_COMMANDS = {
    "import": "bring",
    "import-time": "time",
    "import-clients": "clients",
    "today": "today",
    "recovery": "recovery",
    "read": "read",
    "check": "check",
    "rules": "rules",
    "remedy": "remedy",
    "statement": "statement",
    "policy": "policy",
    "brief": "brief",
    "drill": "drill",
    "serve": "serve",
    "web": "serve",
    "worker": "serve",
    "poll": "serve",
    "demo": "demo",
    "link": "members",
    "members": "members",
    "add-firm": "members",
    "promise": "promise",
    "corrections": "corrections",
    "backup": "keep",
    "restore": "keep",
    "verify": "keep",
    "export": "export",
    "erase": "erase",
    "doctor": "doctor",
}


class _Verbs(click.Group):
    """Finds each command in its own module, so that `amends --help` is quick and `amends read` needs no database."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        module = _COMMANDS.get(cmd_name)
        if module is None:
            return None
        name = f"{cmd_name.replace('-', '_')}_command"
        found: click.Command = getattr(importlib.import_module(f"amends.cli.{module}"), name)
        return found

    def invoke(self, ctx: click.Context) -> object:
        before = os.umask(0o077)  # what is written here is nobody else's on this machine
        try:
            return super().invoke(ctx)
        except AmendsError as error:
            click.echo(f"amends: {error}", err=True)
            ctx.exit(2)
        finally:
            os.umask(before)  # whoever calls this within a process of their own goes on as they were


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="amends")
def main() -> None:
    """Notices when a client relationship goes off the rails, and helps put it right."""


if __name__ == "__main__":
    main()
