"""What tests of judgement share."""

from collections.abc import Iterator

import pytest

from amends.judgement.model import use


@pytest.fixture(scope="module")
def rules_alone() -> Iterator[None]:
    """No trained model: what the open rules hear by themselves."""
    with use(None):
        yield
