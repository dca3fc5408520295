"""Rows of boundaries: readiness gates and the lists they start from (`gates`), clearance (`clearance`)."""

from amends.boundaries.models.clearance import (
    CheckState,
    ClearanceCheck,
    ClearanceEvidence,
    ClearanceEvidenceKind,
    Publication,
    PublicationState,
)
from amends.boundaries.models.gates import Gate, GateEvidence, GatePart, GateQuestion, GateState, StartingList

__all__ = [
    "CheckState", "ClearanceCheck", "ClearanceEvidence", "ClearanceEvidenceKind", "Gate", "GateEvidence", "GatePart",
    "GateQuestion", "GateState", "Publication", "PublicationState", "StartingList",
]  # fmt: skip
