"""Writes docs/reference/policy.md from the shipped policy: python docs/make_policy_reference.py"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "reference" / "policy.md"

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"AMENDS_HOME": home, "DJANGO_SETTINGS_MODULE": "amends.config.settings"}
        import django

        django.setup()
        from amends.insights.capital.reference import markdown

        PAGE.write_text(markdown(), encoding="utf-8")
