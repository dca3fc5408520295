"""Rows of boundaries: what the firm does and does not do (`limits`), readiness gates and the lists they start from
(`gates`), clearance before publication (`clearance`), and ending well (`parting`).
"""

from amends.boundaries.models.clearance import (
    CheckState,
    ClearanceCheck,
    ClearanceEvidence,
    ClearanceEvidenceKind,
    Publication,
    PublicationState,
)
from amends.boundaries.models.gates import Gate, GateEvidence, GatePart, GateQuestion, GateState, StartingList
from amends.boundaries.models.limits import (
    DoneBy,
    Helped,
    HowWell,
    ReferralOut,
    ScopeAnswer,
    ScopeKind,
    Service,
    Supplier,
    WorkScope,
)
from amends.boundaries.models.parting import OPEN, HandoverItem, HandoverKind, Parting, PartingState, Whose

__all__ = [
    "OPEN", "CheckState", "ClearanceCheck", "ClearanceEvidence", "ClearanceEvidenceKind", "DoneBy", "Gate",
    "GateEvidence", "GatePart", "GateQuestion", "GateState", "HandoverItem", "HandoverKind", "Helped", "HowWell",
    "Parting", "PartingState", "Publication", "PublicationState", "ReferralOut", "ScopeAnswer", "ScopeKind", "Service",
    "StartingList", "Supplier", "Whose", "WorkScope",
]  # fmt: skip
