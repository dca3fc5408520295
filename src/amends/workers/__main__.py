"""`python -m amends.workers [PARENT]`: run background jobs; ends by itself when the process PARENT is gone.

Apart from `jobs`, because the readers of an import are spawned from here and load this module anew, without Django.
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
    from amends.workers.jobs import run_jobs

    hold(settings.HOME.resolve())

    run_jobs(parent=int(sys.argv[1]) if len(sys.argv) > 1 else None)
