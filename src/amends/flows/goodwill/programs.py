"""The same deeds for the command line and the API: by ids, with what was said as plain values."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from amends.firm.models import Member
from amends.flows.goodwill import gestures, guarantees, results
from amends.flows.goodwill.reading import BadWords, client_of
from amends.goodwill.models import Claim, Gesture, Referral, Review
from amends.mail.privacy import Reader


def plan(client_id: uuid.UUID, said: Mapping[str, Any], *, by: Member, now: datetime) -> Gesture:
    """Plan a gesture."""
    return gestures.plan(client_id, gestures.Typed(**said), by=by, now=now)


def on_gesture(gesture_id: uuid.UUID, said: Mapping[str, Any], *, by: Member, now: datetime) -> Gesture:
    """Do to a gesture what `do` names."""
    match said["do"]:
        case "done":
            return gestures.done(gesture_id, on=said["on"], cost=said["cost"], by=by, now=now)
        case "drop":
            return gestures.drop(gesture_id, by=by, now=now)
        case "undo":
            return gestures.undo(gesture_id, before=gestures.one(gesture_id).state, by=by, now=now)
        case "came":
            one = gestures.one(gesture_id)
            linked = [
                (kind, row.public_id)
                for kind, model in gestures.RESULTS.items()
                for row in model.objects.filter(gesture=one, removed_at=None)
            ]
            version = said["version"] or one.version
            return gestures.came_of(gesture_id, said["words"], results=linked, version=version, by=by, now=now)
        case _:
            raise BadWords("Say what became of it: done, drop, undo or came.")


def add_review(said: Mapping[str, Any], *, by: Member, now: datetime) -> Review:
    """Write a review down, once."""
    given = dict(said)
    client_id = given.pop("client")
    client = client_of(client_id) if client_id is not None else None
    return results.add_review(client, results.Said(**given), by=by, now=now)[0]


def on_review(review_id: uuid.UUID, said: Mapping[str, Any], *, by: Member, now: datetime) -> Review:
    """Say what a review is."""
    return results.change_review(review_id, do=said["do"], client=said["client"], by=by, now=now)


def add_referral(client_id: uuid.UUID, said: Mapping[str, Any], *, by: Member, now: datetime) -> Referral:
    """Write a recommendation down."""
    return results.add_referral(client_id, results.Recommended(**said), by=by, now=now)


def record(reader: Reader, client_id: uuid.UUID, said: Mapping[str, Any], *, by: Member, now: datetime) -> Claim:
    """Record a claim."""
    return guarantees.record(reader, client_id, guarantees.Claimed(**said), by=by, now=now)


def on_claim(claim_id: uuid.UUID, said: Mapping[str, Any], *, by: Member, now: datetime) -> Claim:
    """Do to a claim what `do` names."""
    match said["do"]:
        case "honour":
            return guarantees.honour(
                claim_id, gives=said["gives"], cost=said["cost"], kind=said["kind"] or "", why=said["why"], by=by,
                now=now,
            )  # fmt: skip
        case "refuse":
            return guarantees.refuse(claim_id, why=said["why"], by=by, now=now)
        case "withdraw":
            return guarantees.withdraw(claim_id, why=said["why"], by=by, now=now)
        case "made_good":
            return guarantees.make_good(claim_id, by=by, now=now)
        case "undo":
            return guarantees.undo(claim_id, before=guarantees.one_claim(claim_id).state, by=by, now=now)
        case "learn":
            version = said["version"] or guarantees.one_claim(claim_id).version
            cause, mended = said["cause"], said["mended"]
            return guarantees.learn(claim_id, failure_mode=cause, mended=mended, version=version, by=by, now=now)
        case _:
            raise BadWords("Say what to do: honour, refuse, withdraw, made_good, undo or learn.")
