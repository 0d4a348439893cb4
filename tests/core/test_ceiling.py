"""The hard ceiling against an adversary: he wishes for every line, and answers come when they do the most harm."""

from random import Random

import pytest

from dialer.core.events import AgentHeld, Beat, MessageStarted, ServerUp
from dialer.core.floor import Floor
from dialer.core.ids import AgentId, AttemptId, CampaignId, Leg, ServerName, TrunkName
from dialer.core.ledger import CeilingMode, LedgerWindow
from dialer.core.outcome import LeadEffect
from dialer.core.settings import AgentSession, Phone, Server, Site, Trunk
from dialer.core.states import AgentState
from dialer.core.wishes import AgentSignedIn, CampaignChanged, CampaignCommand, CampaignCommanded, Disposed
from strategies.base import Decision, Observation, Snapshot
from tests.core.playbook import GROUP, Play, campaign

SERVERS = (ServerName("a1"), ServerName("a2"))
CEILING = 0.03
AGENTS = 6
STEPS = 400


class Greedy:
    """Wishes for everything, whatever it sees."""

    name = "greedy"

    def decide(self, snapshot: Snapshot) -> Decision:
        return Decision(calls_to_start=1000, reason="всё")

    def observe(self, observation: Observation) -> None:
        pass


class Crowd(Play):
    """Several greedy campaigns on the same agents of two servers; chance decides who answers, and when."""

    def __init__(self, random: Random, *campaigns: dict[str, object]) -> None:
        trunks = tuple(Trunk(TrunkName(f"t-{server}"), server, "t", 12, 1000.0, loopback=True) for server in SERVERS)
        super().__init__()
        self.random = random
        self.floor = Floor(Site(tuple(Server(server, 1000.0) for server in SERVERS), trunks))
        for server in SERVERS:
            self.tell(ServerUp(at=self.at, server=server, booted_at=self.at - 100))
        for number, changes in enumerate(campaigns, 1):
            settings = campaign(id=CampaignId(number), name=f"c{number}", ceiling_ratio=CEILING, **changes)
            self.tell(CampaignChanged(at=self.at, settings=settings))
            greedy: dict[ServerName, object] = {server: Greedy() for server in SERVERS}
            self.floor.room.campaigns[settings.id].strategies.update(greedy)  # type: ignore[arg-type]
        for place in range(AGENTS):
            self.join_team(AgentId(1001 + place), SERVERS[place % 2])
        for number in self.floor.room.campaigns:
            self.tell(CampaignCommanded(at=self.at, campaign=number, command=CampaignCommand.START))

    def join_team(self, agent: AgentId, server: ServerName) -> None:
        leg = Leg(f"dlr-a{agent}-x")
        session = AgentSession(agent, Phone(server, f"p{agent}"), frozenset({GROUP}), leg, AgentState.READY)
        self.tell(AgentSignedIn(at=self.at, session=session))
        self.tell(AgentHeld(at=self.at, agent=agent, leg=leg))

    def live(self) -> None:
        """One thing happens."""
        self.at += self.random.choice((0.01, 0.3, 2.0, 8.0))
        self.ring_out(younger_than_s=25.0)
        if self.random.random() < 0.02:
            self.ring_out(younger_than_s=0.0)
            self.give_leads(most=0)
            self.at += 4 * 3600.0  # a long pause: answers leave the window, days end
        self.give_leads()
        calls = list(self.floor.room.calls.values())
        ringing = [call.attempt for call in calls if call.unanswered]
        talking = [call for call in calls if call.bridged_at is not None and call.ended_at is None]
        if ringing and self.random.random() < 0.75:
            self.picked_up(self.random.choice(ringing))
        elif talking:
            self.over(self.random.choice(talking).attempt)
        else:
            self.tell(Beat(at=self.at))

    def ring_out(self, younger_than_s: float) -> None:
        """Nobody rings longer than the ring time."""
        for call in list(self.floor.room.calls.values()):
            if call.unanswered and call.age_s(self.at) >= younger_than_s:
                self.hang_up(call.attempt, cause=19, tech_cause=480)

    def picked_up(self, attempt: AttemptId) -> None:
        self.answer(attempt)
        call = self.floor.room.calls[attempt]
        if call.agent is not None:
            self.bridge(attempt, call.agent)
            return
        self.after(1.8).tell(MessageStarted(at=self.at, attempt=attempt))
        self.check(call.campaign)
        self.after(0.1).hang_up(attempt)

    def over(self, attempt: AttemptId) -> None:
        agent = self.floor.room.calls[attempt].agent
        assert agent is not None
        self.hang_up(attempt)
        self.back(agent)
        told = Disposed(at=self.at, agent=agent, attempt=attempt, disposition="agreed", effect=LeadEffect.DONE)
        self.tell(told)

    def check(self, lost_by: CampaignId) -> None:
        record = self.floor.room.campaigns[lost_by]
        record.ledger.roll(self.at)
        if record.settings.ceiling_mode is CeilingMode.HARD:
            counts = f"{record.ledger.abandoned} of {record.ledger.answered}"
            assert record.ledger.ratio <= CEILING, f"campaign {lost_by}: {counts}"


HARD: dict[str, object] = {"ceiling_mode": CeilingMode.HARD}
TEAMS: list[list[dict[str, object]]] = [
    [HARD],
    [HARD, HARD],
    [HARD, {"ceiling_mode": CeilingMode.TARGET}],
    [{**HARD, "ceiling_window": LedgerWindow.DAY}, {**HARD, "ceiling_window": LedgerWindow.ROLLING_30D}],
]


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("team", TEAMS, ids=("alone", "two", "beside a target", "windows"))
def test_no_abandoned_call_ever_breaks_a_hard_ceiling(team: list[dict[str, object]], seed: int) -> None:
    crowd = Crowd(Random(f"{team}/{seed}"), *team)
    for _ in range(STEPS):
        crowd.live()
    hard = [one for one in crowd.floor.room.campaigns.values() if one.settings.ceiling_mode is CeilingMode.HARD]
    assert all(one.joined > 20 for one in hard), "caution must not mean that nobody is called"


def test_a_target_is_not_hard() -> None:
    """The adversary does break what nobody guards: else the test above shows nothing."""
    crowd = Crowd(Random(1), {})
    for _ in range(STEPS):
        crowd.live()
    assert crowd.floor.room.campaigns[CampaignId(1)].ledger.ratio > 5 * CEILING


def test_what_is_saved_is_spent() -> None:
    """A hard ceiling is no progressive mode: once enough have answered, more calls ring than agents are free."""
    crowd = Crowd(Random(2), HARD)
    for _ in range(STEPS):
        crowd.live()
    assert crowd.floor.room.campaigns[CampaignId(1)].outcomes["abandoned"] >= 3
