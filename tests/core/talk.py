"""An agent in talk and a colleague who is ready: what the tests of lines begin with."""

from dialer.core.effects import (
    LineTold,
)
from dialer.core.events import AgentLegDown, Consulting, CustomerHeld, InConference, TimerFired
from dialer.core.ids import AgentId
from dialer.core.states import LineState
from dialer.core.timer import Timer, TimerKind
from dialer.core.wishes import (
    ConferenceAsked,
    ConsultAsked,
    HoldAsked,
    TakeAsked,
    TransferAsked,
)
from tests.core.playbook import Play, only

S = LineState
AGENT, COLLEAGUE = AgentId(1001), AgentId(1002)


class Talk:
    """An agent in talk and a colleague who is ready; `say` and `ask` tell the Floor one thing each."""

    def __init__(self) -> None:
        self.play = Play()
        self.play.sign_in(AGENT)
        self.play.start()
        (self.attempt,) = self.play.give_leads()
        self.play.answer(self.attempt)
        self.play.bridge(self.attempt, AGENT)
        self.play.sign_in(COLLEAGUE)
        self.play.asked()  # nobody else is called meanwhile
        self.call = self.play.floor.room.calls[self.attempt]

    @property
    def state(self) -> LineState:
        return self.call.line.state

    def agent(self, number: AgentId = AGENT):
        return self.play.floor.room.agents[number]

    def ask(self, kind, agent: AgentId = AGENT, **more):
        return self.play.tell(kind(at=self.play.at, agent=agent, **more))

    def say(self, kind, **more):
        return self.play.tell(kind(at=self.play.at, attempt=self.attempt, **more))

    def leg(self, kind, agent: AgentId, **more):
        return self.play.tell(kind(at=self.play.at, agent=agent, leg=self.agent(agent).leg, **more))

    def lease_ends(self):
        return self.play.tell(TimerFired(at=self.play.at, timer=Timer(TimerKind.LINE, self.attempt)))

    # ---- on the way

    def hold(self) -> "Talk":
        self.ask(HoldAsked)
        self.say(CustomerHeld, agent=AGENT)
        self.play.back(AGENT)
        return self

    def calling(self) -> "Talk":
        self.hold()
        self.ask(ConsultAsked, colleague=COLLEAGUE)
        return self

    def consult(self) -> "Talk":
        self.calling()
        self.leg(Consulting, AGENT, colleague=COLLEAGUE)
        return self

    def joining(self) -> "Talk":
        self.consult()
        self.ask(ConferenceAsked)
        return self

    def conference(self) -> "Talk":
        self.joining()
        self.play.bridge(self.attempt, AGENT)
        self.leg(InConference, COLLEAGUE)
        return self

    def parting(self) -> "Talk":
        self.conference()
        self.ask(TransferAsked)
        return self

    def handing(self) -> "Talk":
        self.ask(TransferAsked, colleague=COLLEAGUE)
        return self

    def taking(self) -> "Talk":
        self.hold()
        self.ask(TakeAsked)
        return self

    def alone(self) -> "Talk":
        self.hold()
        self.leg(AgentLegDown, AGENT, cause=44)
        return self

    def in_state(self, state: LineState) -> "Talk":
        ways = {S.TALK: lambda: self, S.HELD: self.hold, S.TAKING: self.taking, S.ALONE: self.alone}
        ways |= {S.CALLING: self.calling, S.CONSULT: self.consult, S.JOINING: self.joining}
        ways |= {S.CONFERENCE: self.conference, S.PARTING: self.parting, S.HANDING: self.handing}
        ways[state]()
        assert self.state is state
        return self


def told(effects, agent=AGENT) -> list[LineState]:
    return [e.state for e in effects if isinstance(e, LineTold) and e.agent == agent and not e.trouble]


def trouble(effects) -> str:
    return only(LineTold, [e for e in effects if isinstance(e, LineTold) and e.trouble]).trouble
