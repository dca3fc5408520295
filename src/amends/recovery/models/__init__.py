"""Rows of recoveries: the work itself (`work`), what is found (`answers`), said (`talking`), given (`making_good`),
and what the firm knows beforehand (`playbooks`)."""

from amends.recovery.models.answers import Evidence, EvidenceKind, Finding, Issue, Responsibility, Sureness
from amends.recovery.models.making_good import Approval, Decision, Remedy, RemedyKind, RemedyState
from amends.recovery.models.playbooks import Clocks, DrillResult, Playbook
from amends.recovery.models.talking import Brief, BriefFor, Call, Note
from amends.recovery.models.work import Closing, Escalation, Recovery, RecoveryStep, RecoveryThread, Stage

__all__ = [
    "Approval", "Brief", "BriefFor", "Call", "Clocks", "Closing", "Decision", "DrillResult", "Escalation", "Evidence",
    "EvidenceKind", "Finding", "Issue", "Note", "Playbook", "Recovery", "RecoveryStep", "RecoveryThread", "Remedy",
    "RemedyKind", "RemedyState", "Responsibility", "Stage", "Sureness",
]  # fmt: skip
