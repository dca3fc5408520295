"""Writes docs/reference/api.md from the API's schema: python docs/make_api_reference.py"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PAGE = Path(__file__).resolve().parent / "reference" / "api.md"

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"AMENDS_HOME": home, "DJANGO_SETTINGS_MODULE": "amends.config.settings"}
        import django

        django.setup()
        from amends.api.reference import markdown
        from amends.api.v1.app import api

        PAGE.write_text(markdown(api.get_openapi_schema()), encoding="utf-8")
