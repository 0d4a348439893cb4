"""Campaigns on the same agents: each with work gets its share by weight, whatever the others wish for."""

from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest

from dialer.core.agent import Agent
from dialer.core.call import Call
from dialer.core.effects import Connect, ReserveLeads
from dialer.core.events import AgentHeld, Beat, LeadsReserved, MessageStarted, ServerUp
from dialer.core.floor import Floor
from dialer.core.ids import AgentId, CampaignId, GroupId, Leg, TrunkName
from dialer.core.outcome import LeadEffect
from dialer.core.settings import AgentSession, Phone, Server, Site, Trunk
from dialer.core.sharing import BURST, PATIENCE_S
from dialer.core.states import AgentState
from dialer.core.wishes import AgentPaused, AgentSignedIn, CampaignChanged, CampaignCommand, CampaignCommanded, Disposed
from strategies import load
from strategies.base import Decision, Observation, Snapshot, Strategy
from tests.core.playbook import SERVER, Play, campaign

STEP_S = 0.5
RING_S, TALK_S = 8.0, 6.0
DAY, NIGHT = GroupId(1), GroupId(2)


class Wishes:
    """So many calls for each free agent and always so many more; or nothing, ever."""

    name = "wishes"

    def __init__(self, each: float = 1.0, more: int = 0) -> None:
        self._each, self._more = each, more

    def decide(self, snapshot: Snapshot) -> Decision:
        in_flight = len(snapshot.ringing_calls) + snapshot.waiting_calls
        calls = max(0, int(self._each * snapshot.free_agents) - in_flight) + self._more
        return Decision(calls, "…", self.name)

    def observe(self, observation: Observation) -> None:
        pass


MEEK, BOLD, GREEDY, IDLE = Wishes(1.0), Wishes(3.0), Wishes(1.0, 12), Wishes(0.0)


class Team(Play):
    """Agents of a server, and campaigns with work without end; calls are answered, or not, and talked to."""

    def __init__(self, seed: int, agents: dict[GroupId, int], lines: int = 60) -> None:
        super().__init__()
        self.random = Random(seed)
        trunk = Trunk(TrunkName("t"), SERVER, "t", lines, 1000.0, loopback=True)
        self.floor = Floor(Site((Server(SERVER, 1000.0),), (trunk,)))
        self.tell(ServerUp(at=self.at, server=SERVER, booted_at=self.at - 100))
        self.started: dict[int, list[float]] = {}
        self.forever: frozenset[int] = frozenset()
        """Agents whose talks do not end."""
        for group, count in agents.items():
            for place in range(count):
                self.join_team(AgentId(1000 * group + place + 1), group)

    def join_team(self, agent: AgentId, group: GroupId) -> None:
        leg = Leg(f"dlr-a{agent}-x")
        session = AgentSession(agent, Phone(SERVER, f"p{agent}"), frozenset({group}), leg, AgentState.READY)
        self.tell(AgentSignedIn(at=self.at, session=session))
        self.tell(AgentHeld(at=self.at, agent=agent, leg=leg))

    def run(
        self,
        number: int,
        strategy: Strategy,
        weight: float = 1.0,
        groups: frozenset[GroupId] = frozenset({DAY}),
        **changes: object,
    ) -> None:
        """Start this campaign now."""
        settings = campaign(id=CampaignId(number), name=f"c{number}", weight=weight, groups=groups, **changes)
        self.started[number] = []
        self.tell(CampaignChanged(at=self.at, settings=settings))
        self.floor.room.campaigns[settings.id].strategies[SERVER] = strategy
        self.tell(CampaignCommanded(at=self.at, campaign=settings.id, command=CampaignCommand.START))

    def live(self, seconds: float, dry: frozenset[int] = frozenset()) -> None:
        """So long; campaigns in `dry` have no leads."""
        until = self.at + seconds
        while self.at < until:
            self.at += STEP_S
            for call in list(self.floor.room.calls.values()):
                age_s = self.at - (call.dialled_at or self.at)
                if call.unanswered and age_s > RING_S:
                    self.picked_up(call.attempt) if self.random.random() < 0.4 else self.hang_up(call.attempt, 19, 480)
                elif call.bridged_at is not None and call.ended_at is None and self._ends(call):
                    self.over(call.attempt)
            self.tell(Beat(at=self.at))
            self.answer_asks(dry)

    def _ends(self, call: Call) -> bool:
        return call.agent not in self.forever and self.ends(call.attempt, self.at - (call.bridged_at or self.at))

    def ends(self, attempt: str, talked_s: float) -> bool:
        """The talk is over after so long."""
        return talked_s > TALK_S

    def answer_asks(self, dry: frozenset[int]) -> None:
        for ask in self.asked():
            count = 0 if ask.campaign in dry else ask.count
            self.started[ask.campaign] += [self.at] * count
            reservations = tuple(self._reservation(ask, "Europe/Moscow") for _ in range(count))
            told = LeadsReserved(
                at=self.at, campaign=ask.campaign, server=ask.server, trunk=ask.trunk, asked=ask.count,
                reservations=reservations, unfinished=1000, next_due_at=self.at + 5.0, previewer=ask.previewer,
            )  # fmt: skip
            self.tell(told)

    def picked_up(self, attempt: str) -> None:
        call = self.floor.room.calls[attempt]  # type: ignore[index]
        self.answer(call.attempt)
        if call.agent is not None:
            self.bridge(call.attempt, call.agent)
            return
        self.after(0.01).tell(MessageStarted(at=self.at, attempt=call.attempt))
        self.hang_up(call.attempt)

    def over(self, attempt: str) -> None:
        call = self.floor.room.calls[attempt]  # type: ignore[index]
        agent = call.agent
        assert agent is not None
        self.hang_up(call.attempt)
        self.back(agent)
        told = Disposed(at=self.at, agent=agent, attempt=call.attempt, disposition="agreed", effect=LeadEffect.DONE)
        self.tell(told)

    def calls_since(self, number: int, at: float) -> int:
        return sum(1 for when in self.started[number] if when > at)

    def longest_wait_s(self, number: int, since: float) -> float:
        """The longest time from `since` to now in which this campaign started nothing."""
        times = [since, *(when for when in self.started[number] if when > since), self.at]
        return max(later - earlier for earlier, later in pairwise(times))


@pytest.mark.parametrize("seed", range(6))
def test_each_with_work_gets_its_share_whatever_others_wish(seed: int) -> None:
    """Same agents, any number of campaigns, weights, strategies and orders of arrival."""
    random = Random(seed)
    team = Team(seed, {DAY: 6}, lines=random.choice((8, 60)))
    weights = {number: random.choice((0.5, 1.0, 2.0, 5.0)) for number in range(1, random.randint(3, 6))}
    for number, weight in weights.items():
        team.run(number, random.choice((MEEK, BOLD, GREEDY)), weight)
        team.live(random.uniform(0.0, 20.0))
    team.run(99, IDLE, 5.0)  # wants nothing, and stands in nobody's way
    began = team.at
    team.live(200.0)
    shares = {number: team.calls_since(number, began) / weight for number, weight in weights.items()}
    for one in weights:
        for other in weights:
            bound = 2 * (BURST / weights[one] + BURST / weights[other])
            assert shares[one] >= shares[other] - bound, (shares, weights)
    assert sum(team.calls_since(number, began) for number in weights) > 75, "they do not stand in one another's way"


def test_a_meek_one_is_let_in_beside_a_greedy_one_with_agents_of_its_own() -> None:
    """Different groups: the meek one's two agents are a part of the greedy one's ten."""
    team = Team(1, {DAY: 2, NIGHT: 8})
    team.run(1, GREEDY, groups=frozenset({DAY, NIGHT}))
    team.run(2, MEEK)
    team.live(30.0)
    began = team.at
    team.live(150.0)
    assert team.longest_wait_s(2, began) < PATIENCE_S + RING_S + TALK_S + 10 * STEP_S
    assert team.calls_since(1, began) > 2 * team.calls_since(2, began), (
        "nor is the large one held down to the small one"
    )


def test_a_campaign_that_starts_nothing_by_itself_holds_nobody() -> None:
    """An agent's own (preview) at once, a strategy that never wishes once it has had its chance."""
    alone, beside = Team(5, {DAY: 6}), Team(5, {DAY: 6})
    for team in (alone, beside):
        team.run(1, BOLD)
    preview = campaign(id=CampaignId(2), name="c2", mode="preview")
    beside.tell(CampaignChanged(at=beside.at, settings=preview))
    beside.tell(CampaignCommanded(at=beside.at, campaign=preview.id, command=CampaignCommand.START))
    beside.started[2] = []
    for team in (alone, beside):
        team.live(100.0, dry=frozenset({2}))
    assert len(beside.started[1]) > 0.85 * len(alone.started[1]), "an agent is away for as long as a claim takes"

    beside.run(3, IDLE)
    beside.live(60.0, dry=frozenset({2}))
    began = beside.at
    beside.live(60.0, dry=frozenset({2}))
    assert beside.longest_wait_s(1, began) < RING_S + TALK_S


def test_a_weight_counts_from_the_moment_it_is_changed() -> None:
    team = Team(2, {DAY: 8})
    team.run(1, BOLD)
    team.run(2, BOLD)
    team.live(120.0)
    settings = team.floor.room.campaigns[CampaignId(2)].settings
    team.tell(CampaignChanged(at=team.at, settings=replace(settings, weight=4.0)))
    changed = team.at
    team.live(10.0)
    soon = team.calls_since(1, changed), team.calls_since(2, changed)
    assert soon[1] > 1.5 * soon[0], "within ten seconds"
    team.live(240.0)
    assert team.calls_since(2, changed) == pytest.approx(4 * team.calls_since(1, changed), rel=0.25)


def test_who_comes_back_from_a_dry_list_has_no_turns_saved_up() -> None:
    team = Team(3, {DAY: 6})
    team.run(1, BOLD)
    team.run(2, BOLD)
    team.live(150.0, dry=frozenset({2}))
    back = team.at
    team.live(120.0)
    ones, twos = team.calls_since(1, back), team.calls_since(2, back)
    assert ones >= twos - 4 * BURST
    assert twos > 5


def test_lines_are_shared_by_campaigns_that_share_no_agent() -> None:
    team = Team(4, {DAY: 5, NIGHT: 5}, lines=8)
    team.run(1, GREEDY, groups=frozenset({NIGHT}))
    team.live(30.0)
    team.run(2, GREEDY)
    began = team.at
    team.live(200.0)
    assert team.calls_since(2, began) == pytest.approx(team.calls_since(1, began), rel=0.3)


class RealTalks(Team):
    """Talks of about two minutes, as long as people's are; agents' seconds in talk and free are added up."""

    def __init__(self, seed: int, agents: dict[GroupId, int]) -> None:
        super().__init__(seed, agents)
        self.talks, self.talk_s = Random(seed), dict[str, float]()
        self.talked_s = self.free_s = 0.0

    def ends(self, attempt: str, talked_s: float) -> bool:
        if attempt not in self.talk_s:
            self.talk_s[attempt] = self.talks.lognormvariate(4.5, 0.7)
        return talked_s > self.talk_s[attempt]

    def live(self, seconds: float, dry: frozenset[int] = frozenset()) -> None:
        for _ in range(int(seconds / STEP_S)):
            super().live(STEP_S, dry)
            states = [agent.state for agent in self.floor.room.agents.values()]
            self.talked_s += STEP_S * states.count(AgentState.TALKING)
            self.free_s += STEP_S * states.count(AgentState.READY)

    def occupancy(self, seconds: float) -> float:
        """From now on, so long."""
        self.talked_s = self.free_s = 0.0
        self.live(seconds)
        return self.talked_s / (self.talked_s + self.free_s)

    def pause(self, *agents: int) -> None:
        for agent in agents:
            self.tell(AgentPaused(at=self.at, agent=AgentId(agent), reason="lunch"))


def predictive() -> Strategy:
    return load("predictive", ceiling_ratio=0.03)


def beside_night(seed: int) -> RealTalks:
    """The first campaign may use all twelve agents, the second the two of the night."""
    team = RealTalks(seed, {DAY: 10, NIGHT: 2})
    team.run(1, predictive(), groups=frozenset({DAY, NIGHT}))
    team.run(2, predictive(), groups=frozenset({NIGHT}))
    team.live(300.0)
    return team


def test_a_neighbour_whose_agents_are_away_stops_nobody() -> None:
    team = beside_night(1)
    team.pause(2001, 2002)
    began = team.at
    team.live(900.0)
    assert team.longest_wait_s(1, began) < 90.0, "a team of ten alone waits as long between two calls"
    assert team.calls_since(1, began) > 120


def test_a_neighbour_whose_agents_are_in_talk_stops_nobody() -> None:
    """Its two agents talk on and on; ten others come free again and again."""
    team = beside_night(2)
    team.forever = frozenset({2001, 2002})
    team.live(300.0)
    began = team.at
    team.live(900.0)
    assert team.longest_wait_s(1, began) < 90.0
    assert team.calls_since(1, began) > 120


@pytest.mark.parametrize("per_second", [0.5, 0.05, 0.02])
def test_a_neighbour_is_not_held_down_to_anothers_own_calls_per_second(per_second: float) -> None:
    team = RealTalks(3, {DAY: 10})
    team.run(1, predictive())
    team.run(2, predictive(), calls_per_second=per_second)
    team.live(300.0)
    began = team.at
    assert team.occupancy(900.0) > 0.75, "alone: 0.8"
    assert team.longest_wait_s(1, began) < 90.0
    assert team.calls_since(2, began) >= min(10, 0.4 * 900 * per_second), "nor is the slow one left out"


def test_a_rate_that_is_taken_away_leaves_no_turns_saved_up() -> None:
    team = Team(7, {DAY: 8})
    team.run(1, BOLD)
    team.run(2, BOLD, calls_per_second=0.05)
    team.live(300.0)
    settings = team.floor.room.campaigns[CampaignId(2)].settings
    team.tell(CampaignChanged(at=team.at, settings=replace(settings, calls_per_second=None)))
    began = team.at
    team.live(120.0)
    assert team.calls_since(1, began) >= team.calls_since(2, began) - 4 * BURST


def test_a_free_agent_is_kept_where_others_calls_always_count_on_him() -> None:
    """He is never busy, for the others take him last; yet somebody's call always may want him."""
    team = Team(8, {DAY: 8, NIGHT: 1})
    team.run(1, GREEDY, groups=frozenset({DAY, NIGHT}))
    team.run(2, MEEK, groups=frozenset({NIGHT}))
    team.live(30.0)
    began = team.at
    team.live(200.0)
    assert team.longest_wait_s(2, began) < 2 * PATIENCE_S + 2 * RING_S + TALK_S


def kept_while_a_claim_waits() -> tuple[Team, ReserveLeads, Agent]:
    """The first campaign's claim, that counts on the one agent, waits until he is kept for the second."""
    team = Team(1, {DAY: 1})
    team.run(1, MEEK)
    (claim,) = team.asked()
    team.run(2, MEEK)
    for _ in range(int(1.5 * PATIENCE_S)):
        team.after(1.0).tell(Beat(at=team.at))
    agent = team.floor.room.agents[AgentId(1000 * DAY + 1)]
    assert agent.kept_for == CampaignId(2)
    return team, claim, agent


def test_a_claim_that_the_books_answer_late_still_has_who_was_kept_meanwhile() -> None:
    """Its customer is not left to silence beside an agent who is free."""
    team, claim, agent = kept_while_a_claim_waits()
    late = team._reservation(claim, "Europe/Moscow")
    team.tell(
        LeadsReserved(
            at=team.at, campaign=claim.campaign, server=SERVER, trunk=claim.trunk, asked=1, asked_at=claim.asked_at,
            reservations=(late,), unfinished=1000,
        )
    )  # fmt: skip
    said = team.after(5.0).answer(late.attempt)
    assert [one.agent for one in said if isinstance(one, Connect)] == [agent.id]


def test_who_is_kept_is_counted_on_once_the_claims_from_before_are_answered() -> None:
    team, claim, _ = kept_while_a_claim_waits()
    room = team.floor.room
    assert room.count_kept(SERVER, room.campaigns[CampaignId(2)]) == 0, "the claim may yet bring a call that wants him"
    nothing = LeadsReserved(
        at=team.at, campaign=claim.campaign, server=SERVER, trunk=claim.trunk, asked=1, asked_at=claim.asked_at,
        reservations=(), unfinished=1000, next_due_at=team.at + 60.0,
    )  # fmt: skip
    team.tell(nothing)
    assert room.count_kept(SERVER, room.campaigns[CampaignId(2)]) == 1
    assert [ask.campaign for ask in team.asked()] == [CampaignId(2)]
