"""The machine of anything that can happen, under campaigns in which agents start the calls."""

from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from dialer.core.effects import ConfirmLead, Connect, Effect, Originate, PreviewShown, ReserveLeads
from dialer.core.events import LeadConfirmed
from dialer.core.ids import AgentId, AttemptId, CampaignId, LeadId
from dialer.core.permit import Facts
from dialer.core.states import AgentState, CallState
from dialer.core.wishes import DialAsked, LeadPicked, SkipAsked
from tests.core.playbook import CAMPAIGN
from tests.core.test_floor_machine import AGENTS, INDEX, SETTINGS, FloorMachine


class PreviewMachine(FloorMachine):
    """The same world under a campaign in preview mode: who is called has been looked at, and was asked for."""

    TERMS: ClassVar[dict[str, object]] = {"mode": "preview"}

    def __init__(self) -> None:
        self.wanted: dict[AttemptId, AgentId] = {}
        self.confirmed: dict[AttemptId, None] = {}
        super().__init__()

    def _perform(self, effect: Effect) -> None:
        match effect:
            case Originate(attempt=attempt):
                assert attempt in self.wanted, "a call that nobody asked for"
            case Connect(attempt=attempt, agent=agent):
                assert self.wanted[attempt] == agent, "a call that another one has asked for"
            case ConfirmLead(attempt=attempt):
                self.confirmed[attempt] = None
            case PreviewShown(attempt=attempt, agent=agent):
                assert self.play.floor.room.calls[attempt].previewer == agent
        super()._perform(effect)

    @rule(index=INDEX, answered=st.booleans(), works=st.booleans())
    def a_lead_is_called(self, index: int, answered: bool, works: bool) -> None:
        """The usual way, whole: so that what is unusual befalls every part of it."""
        self.agent_wishes(AGENTS[index % 3], "ready")
        self.leads_come(1)
        self.a_key_is_pressed(index, "dial")
        self.the_books_confirm(Facts())
        self.rings(index, doubled=False)
        if answered:
            self.answers(index, doubled=False, at_once=False)
            self.join_is_carried_out(index, works=works, doubled=False)

    @rule(index=INDEX, key=st.sampled_from(["dial", "dial", "skip", "strange"]))
    def a_key_is_pressed(self, index: int, key: str) -> None:
        looked_at = [call for call in self.play.floor.room.calls.values() if call.previewer is not None]
        if not looked_at:
            return
        call, at = looked_at[index % len(looked_at)], self.play.at
        agent = call.agent if call.agent is not None and key != "strange" else AGENTS[index % 3]
        if key == "skip":
            self.tell(SkipAsked(at=at, agent=agent, attempt=call.attempt, reason="other"))
            return
        if call.agent == agent:
            self.wanted.setdefault(call.attempt, agent)
        self.tell(DialAsked(at=at, agent=agent, attempt=call.attempt))

    @rule(facts=st.sampled_from([Facts(), Facts(), Facts(forbidden=True), Facts(held=True), None]))
    def the_books_confirm(self, facts: Facts | None) -> None:
        if self.confirmed:
            attempt = next(iter(self.confirmed))
            del self.confirmed[attempt]
            self.tell(LeadConfirmed(at=self.play.at, attempt=attempt, facts=facts))

    @invariant()
    def one_agent_has_one_lead_and_one_lead_one_agent(self) -> None:
        room = self.play.floor.room
        shown = [call for call in room.calls.values() if call.previewed]
        assert len({call.agent for call in shown}) == len(shown)
        for call in shown:
            agent = room.agents[call.agent] if call.agent is not None else None
            assert agent is not None
            assert agent.attempt == call.attempt
            assert agent.state is (AgentState.PREVIEWING if call.state is CallState.PREVIEWING else AgentState.RESERVED)

    @invariant()
    def who_is_sought_for_is_being_asked_for(self) -> None:
        sought = {agent.id for agent in self.play.floor.room.agents.values() if agent.sought}
        assert sought <= {ask.previewer for ask in self.asked}


class PickingMachine(PreviewMachine):
    """The same world where agents pick their leads: nothing is claimed that nobody has picked."""

    TERMS: ClassVar[dict[str, object]] = {"mode": "manual"}

    def __init__(self) -> None:
        self.picked: set[tuple[AgentId | None, LeadId | None]] = set()
        super().__init__()

    def _perform(self, effect: Effect) -> None:
        match effect:
            case ReserveLeads(count=count, previewer=agent, lead=lead):
                assert count == 0 or (agent, lead) in self.picked, "a lead is claimed that nobody has picked"
            case PreviewShown(agent=agent, lead=lead):
                assert (agent, lead) in self.picked, "another lead than the one that he has picked"
        super()._perform(effect)

    @rule(which=st.sampled_from(AGENTS), is_known=st.booleans())
    def a_lead_is_picked(self, which: AgentId, is_known: bool) -> None:
        lead = LeadId(f"p{len(self.picked):04}")
        self.picked.add((which, lead))
        campaign = CAMPAIGN if is_known else CampaignId(9)
        self.tell(LeadPicked(at=self.play.at, agent=which, campaign=campaign, lead=lead))

    @rule(index=INDEX, answered=st.booleans(), from_pause=st.booleans())
    def a_picked_lead_is_called(self, index: int, answered: bool, from_pause: bool) -> None:
        which = AGENTS[index % 3]
        if from_pause:
            self.agent_wishes(which, "pause")
        self.a_lead_is_picked(which, is_known=True)
        while self.asked:
            self.leads_come(1)
        self.a_key_is_pressed(index, "dial")
        self.the_books_confirm(Facts())
        if answered:
            self.answers(index, doubled=False, at_once=True)


PreviewMachine.TestCase.settings = SETTINGS
TestPreviewMachine = PreviewMachine.TestCase
PickingMachine.TestCase.settings = SETTINGS
TestPickingMachine = PickingMachine.TestCase
