"""A lead as it stands in an agent's choice of leads to call. Plain values."""

from dataclasses import dataclass

from dialer.core.ids import AgentId, CampaignId, LeadId
from dialer.core.permit import Callee


@dataclass(frozen=True, slots=True)
class Pick:
    lead: LeadId
    campaign: CampaignId
    external_id: str | None
    person: str
    callee: Callee
    """What the gate is asked about."""
    promised_by: AgentId | None = None
    """Who promised to make this call himself; None: nobody, or he has had his time for it."""
