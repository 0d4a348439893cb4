"""A Floor to talk with: events given, effects expected. Shared by the tests of the core."""

from collections.abc import Iterable
from typing import TypeVar

from dialer.core.effects import Effect, Originate, PreviewShown, ReserveLeads
from dialer.core.events import (
    AgentHeld,
    Answered,
    AttemptSettled,
    Bridged,
    Event,
    HungUp,
    LeadsReserved,
    Reservation,
    ServerUp,
)
from dialer.core.floor import Floor
from dialer.core.hours import Calendar, Window
from dialer.core.ids import (
    AgentId,
    AttemptId,
    CampaignId,
    GroupId,
    LeadId,
    Leg,
    ProjectId,
    ServerName,
    TrunkName,
)
from dialer.core.settings import AgentSession, CampaignSettings, Phone, PhoneKind, Server, Site, Trunk
from dialer.core.states import AgentState
from dialer.core.wishes import AgentReady, AgentSignedIn, CampaignChanged, CampaignCommand, CampaignCommanded

SERVER, TRUNK, GROUP, CAMPAIGN = ServerName("a1"), TrunkName("t1"), GroupId(1), CampaignId(1)
ALL_DAY = Calendar(weekdays=tuple((Window(0, 1440),) for _ in range(7)), reason="test")
T0 = 1_795_000_000.0


def site(lines: int = 50, per_second: float = 100.0) -> Site:
    return Site((Server(SERVER),), (Trunk(TRUNK, SERVER, "trunk", lines, per_second, loopback=True),))


def campaign(**changes: object) -> CampaignSettings:
    base: dict[str, object] = {
        "id": CAMPAIGN,
        "project": ProjectId(1),
        "name": "demo",
        "groups": frozenset({GROUP}),
        "mode": "progressive",
        "calendar": ALL_DAY,
        "ring_s": 25.0,
        "wrap_up_s": 20.0,
    }
    return CampaignSettings(**(base | changes))  # type: ignore[arg-type]


class Play:
    """Feeds a Floor and keeps what it said; `at` moves only when told."""

    def __init__(self, **changes: object) -> None:
        self.floor = Floor(site())
        self.at = T0
        self.said: list[Effect] = []
        self.leads = 0
        self.tell(ServerUp(at=self.at, server=SERVER, booted_at=T0 - 100))
        self.tell(CampaignChanged(at=self.at, settings=campaign(**changes)))

    def tell(self, event: Event) -> list[Effect]:
        effects = self.floor.step(event)
        self.said.extend(effects)
        return effects

    def after(self, seconds: float) -> "Play":
        self.at += seconds
        return self

    def sign_in(self, number: int = 1001, kind: PhoneKind = PhoneKind.NAILED_UP, ready: bool = True) -> AgentId:
        agent = AgentId(number)
        leg = Leg(f"dlr-a{number}-x")
        state = AgentState.READY if ready else AgentState.PAUSED
        phone = Phone(SERVER, f"agent-{number}", kind)
        session = AgentSession(agent, phone, frozenset({GROUP}), leg, state)
        self.tell(AgentSignedIn(at=self.at, session=session))
        if kind is PhoneKind.NAILED_UP:
            self.tell(AgentHeld(at=self.at, agent=agent, leg=leg))
        return agent

    def start(self) -> list[Effect]:
        return self.tell(CampaignCommanded(at=self.at, campaign=CAMPAIGN, command=CampaignCommand.START))

    def asked(self) -> list[ReserveLeads]:
        """ReserveLeads not yet answered."""
        wanted = [effect for effect in self.said if isinstance(effect, ReserveLeads)]
        self.said = [effect for effect in self.said if not isinstance(effect, ReserveLeads)]
        return wanted

    def give_leads(
        self, most: int = 1_000, unfinished: int = 1_000, zone: str = "Europe/Moscow", **more: bool
    ) -> list[AttemptId]:
        """Answer every ReserveLeads with new leads; the attempts that were dialled."""
        dialled: list[AttemptId] = []
        for ask in self.asked():
            count = min(ask.count, most)
            reservations = tuple(self._reservation(ask, zone, **more) for _ in range(count))
            effects = self.tell(
                LeadsReserved(
                    at=self.at,
                    campaign=ask.campaign,
                    server=ask.server,
                    trunk=ask.trunk,
                    asked=ask.count,
                    previewer=ask.previewer,
                    lead=ask.lead,
                    reservations=reservations,
                    unfinished=unfinished,
                )
            )
            dialled += [effect.attempt for effect in effects if isinstance(effect, Originate)]
        return dialled

    def preview(self, **more: bool) -> AttemptId:
        """Answer every ReserveLeads with a lead to look at; the last attempt that was shown to an agent."""
        assert self.give_leads(**more) == [], "a preview dials nothing"
        return [effect.attempt for effect in self.said if isinstance(effect, PreviewShown)][-1]

    def _reservation(self, ask: ReserveLeads, zone: str, **more: bool) -> Reservation:
        self.leads += 1
        n = self.leads
        return Reservation(
            AttemptId(f"t{n:04}"), ask.lead or LeadId(f"l{n:04}"), ask.campaign, f"9{n:09}", zone, attempt_no=1, **more
        )

    def answer(self, attempt: AttemptId) -> list[Effect]:
        return self.tell(Answered(at=self.at, attempt=attempt))

    def bridge(self, attempt: AttemptId, agent: AgentId) -> list[Effect]:
        return self.tell(Bridged(at=self.at, attempt=attempt, agent=agent))

    def hang_up(self, attempt: AttemptId, cause: int = 16, tech_cause: int = 0) -> list[Effect]:
        return self.tell(HungUp(at=self.at, attempt=attempt, cause=cause, tech_cause=tech_cause))

    def back(self, agent: AgentId) -> list[Effect]:
        return self.tell(AgentHeld(at=self.at, agent=agent, leg=self.floor.room.agents[agent].leg))

    def settled(self, attempt: AttemptId) -> list[Effect]:
        return self.tell(AttemptSettled(at=self.at, attempt=attempt, campaign=CAMPAIGN))

    def ready(self, agent: AgentId) -> list[Effect]:
        return self.tell(AgentReady(at=self.at, agent=agent))


E = TypeVar("E", bound=Effect)


def only(kind: type[E], effects: Iterable[Effect]) -> E:
    """The one effect of this kind."""
    found = [effect for effect in effects if isinstance(effect, kind)]
    assert len(found) == 1, f"{kind.__name__}: {found}"
    return found[0]


def none(kind: type[Effect], effects: Iterable[Effect]) -> bool:
    return not [effect for effect in effects if isinstance(effect, kind)]


def previewing(**changes: object) -> tuple[Play, AgentId, AttemptId]:
    """One agent ready, a campaign in preview mode running, its first lead on his screen."""
    play = Play(mode="preview", **changes)
    agent = play.sign_in()
    play.start()
    return play, agent, play.preview()


def playing(**changes: object) -> tuple[Play, int, AttemptId]:
    """One agent ready, the campaign running, one call dialled."""
    play = Play(**changes)
    agent = play.sign_in()
    play.start()
    (attempt,) = play.give_leads()
    return play, agent, attempt
