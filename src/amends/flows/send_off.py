"""Sending a kept file off to be imported in the background."""

from __future__ import annotations

from django.db import transaction

from amends.clients.actions.uploads import claim
from amends.clients.models import Upload
from amends.firm.scope import current_firm_id
from amends.flows.tasks import bring_upload


def send_off(upload: Upload) -> None:
    """Claim the file, and queue its import with the same commit; raises `AlreadyOn` where somebody was quicker."""
    with transaction.atomic():
        claim(upload)
        bring_upload.enqueue(upload_id=upload.pk, firm_id=current_firm_id())
