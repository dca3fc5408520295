"""`python -m amends.workers [poll] [PARENT]`: run background jobs, or poll mailboxes; ends with the process PARENT.

Apart from `jobs` and `poll`, because readers are spawned from here and load this module anew, without Django.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "amends.config.settings")
    django.setup()
    from django.conf import settings

    from amends.flows.keep.lock import hold

    hold(settings.HOME.resolve())

    arguments = sys.argv[1:]
    parent = int(arguments[-1]) if arguments and arguments[-1].isdigit() else None
    if "poll" in arguments:
        from amends.workers.poll import run_poller

        run_poller(parent=parent)
    else:
        from amends.workers.jobs import run_jobs

        run_jobs(parent=parent)
