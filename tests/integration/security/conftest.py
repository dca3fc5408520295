"""Somebody who is signed in, as for the tests of pages."""

from tests.integration.web.conftest import browser, complaints, fresh

__all__ = ["browser", "complaints", "fresh"]
