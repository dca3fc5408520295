"""Rows of boundaries: what the firm does and does not do (`limits`), and ending well (`parting`)."""

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
    "OPEN", "DoneBy", "HandoverItem", "HandoverKind", "Helped", "HowWell", "Parting", "PartingState", "ReferralOut",
    "ScopeAnswer", "ScopeKind", "Service", "Supplier", "Whose", "WorkScope",
]  # fmt: skip
