"""The hub by hand: a clock that the test turns, cards from a table, mailboxes read without a socket."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest

from dialer.core.card import Card, Edit, Order
from dialer.core.effects import Alarm, BookAgentState, CallEnded, CallTimes, ScreenPop, Settle
from dialer.core.events import Event
from dialer.core.ids import AgentId, AttemptId, CampaignId, LeadId, ProjectId
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.core.states import AgentState
from dialer.core.wishes import AgentPaused, AgentReady
from dialer.desk.hub import Hub
from dialer.desk.mailbox import Mailbox

ANNA = AgentId(1001)
FIRST, SECOND = AttemptId("first"), AttemptId("second")
OTHER = LeadId("other order")


def card(attempt: AttemptId, person: str = "") -> Card:
    return Card(
        attempt=attempt,
        lead=LeadId("lead"),
        campaign=CampaignId(1),
        campaign_name="orders",
        project=ProjectId(1),
        project_name="shop",
        attempt_no=1,
        number="9123456789",
        answered_at=100.0,
        orders=(Order(LeadId("lead")), Order(OTHER, person=person)),
    )


@dataclass
class Desk:
    """A hub with everything around it in the test's hands."""

    time: float = 100.0
    books_away: bool = False
    fed: list[Event] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)
    pops: list[float] = field(default_factory=list)
    known: BookAgentState | None = None
    person: str = ""
    """As the books have it in the other order."""

    def __post_init__(self) -> None:
        self.hub = Hub(
            self,
            feed=self.fed.append,
            now=lambda: self.time,
            monotonic=lambda: self.time,
            recall=lambda agent: self.known,
            raise_alarm=self.alarms.append,
            pop_seen=self.pops.append,
        )

    async def card(self, attempt: AttemptId) -> Card | None:
        if self.books_away:
            raise ConnectionError("away")
        return card(attempt, self.person)

    async def pop(self, attempt: AttemptId = FIRST) -> None:
        self.state(AgentState.RESERVED, attempt)
        effect = ScreenPop(
            agent=ANNA, attempt=attempt, lead=LeadId("lead"), campaign=CampaignId(1), answered_at=self.time
        )
        await self.hub.screen_pop(effect)

    def state(self, state: AgentState, attempt: AttemptId | None = None) -> None:
        self.hub.agent_state(BookAgentState(agent=ANNA, state=state, since=self.time, attempt=attempt))

    async def after(self, seconds: float) -> None:
        self.time += seconds
        await self.hub.tick()


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def told(box: Mailbox) -> list[dict[str, Any]]:
    """Everything in the mailbox, without waiting."""
    found = []
    while not box._queue.empty():
        message = await box.get()
        assert message is not None
        found.append(orjson.loads(message))
    return found


def kinds(messages: list[dict[str, Any]]) -> list[str]:
    return [message["type"] for message in messages]


async def test_an_acknowledged_pop_is_pushed_once_and_measured(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    await desk.pop()
    desk.time += 0.05
    desk.hub.seen(ANNA, FIRST)
    desk.hub.seen(ANNA, FIRST)
    await desk.after(5)
    assert kinds(await told(box)) == ["hello", "state", "pop"]
    assert desk.pops == [pytest.approx(0.05)]
    assert desk.alarms == desk.fed == []


async def test_a_pop_that_nobody_acknowledges_is_pushed_again_then_alarmed_and_the_agent_held_back(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    await desk.pop()
    await desk.after(0.9)
    assert kinds(await told(box)) == ["hello", "state", "pop"]
    await desk.after(0.2)
    assert kinds(await told(box)) == ["pop"]
    assert desk.alarms == []
    await desk.after(1.1)
    [alarm] = desk.alarms
    assert (alarm.name, alarm.attempt) == ("pop_unseen", FIRST)
    assert "1001" in alarm.text
    [pause] = desk.fed
    assert isinstance(pause, AgentPaused)
    assert (pause.agent, pause.reason) == (ANNA, "screen_lost")
    await desk.after(60)
    assert len(desk.alarms) == len(desk.fed) == 1


async def test_a_pop_on_a_hidden_page_is_delivered_and_the_agent_has_time_to_look(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    await desk.pop()
    desk.hub.hidden(ANNA, SECOND)  # late, of another call
    desk.hub.hidden(ANNA, FIRST)
    await desk.after(14)
    assert kinds(await told(box)) == ["hello", "state", "pop"]
    desk.hub.seen(ANNA, FIRST)
    desk.hub.hidden(ANNA, FIRST)  # another of his tabs
    await desk.after(60)
    assert desk.alarms == desk.fed == []
    assert desk.pops == [], "how long he took to look is no figure of ours"


async def test_a_hidden_page_at_which_nobody_looks_holds_the_agent_back_until_he_does(desk: Desk) -> None:
    await desk.hub.join(ANNA)
    await desk.pop()
    desk.hub.hidden(ANNA, FIRST)
    await desk.after(15.1)
    [alarm] = desk.alarms
    assert (alarm.name, alarm.attempt) == ("pop_hidden", FIRST)
    assert [type(event) for event in desk.fed] == [AgentPaused]
    await desk.after(60)
    desk.hub.seen(ANNA, FIRST)
    assert [type(event) for event in desk.fed] == [AgentPaused, AgentReady]
    assert len(desk.alarms) == 1


async def test_a_pause_that_the_agent_asked_for_himself_stays(desk: Desk) -> None:
    await desk.hub.join(ANNA)
    await desk.pop()
    await desk.after(1.1)
    await desk.after(1.1)
    desk.hub.wish(ANNA, AgentState.PAUSED, "lunch")
    desk.hub.seen(ANNA, FIRST)
    assert [type(event) for event in desk.fed] == [AgentPaused]


async def test_an_acknowledgement_of_another_call_is_none(desk: Desk) -> None:
    await desk.hub.join(ANNA)
    await desk.pop()
    desk.hub.seen(ANNA, SECOND)
    assert desk.pops == []


async def test_an_agent_who_never_had_a_page_owes_no_acknowledgement(desk: Desk) -> None:
    await desk.pop()
    for _ in range(5):
        await desk.after(1.5)
    assert desk.alarms == desk.fed == []


async def test_an_agent_whose_page_has_gone_is_missed(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    desk.hub.leave(ANNA, box)
    await desk.pop()
    await desk.after(1.1)
    await desk.after(1.1)
    assert [alarm.name for alarm in desk.alarms] == ["pop_unseen"]


async def test_a_page_that_comes_back_gets_the_call_in_its_hello(desk: Desk) -> None:
    await desk.pop()
    desk.hub.call_ended(CallEnded(agent=ANNA, attempt=FIRST))
    desk.state(AgentState.WRAP_UP, FIRST)
    [hello] = await told(await desk.hub.join(ANNA))
    assert hello["state"]["state"] == "wrap_up"
    assert (hello["call"]["attempt"], hello["call"]["ended"]) == (FIRST, True)
    assert hello["call"]["card"]["number"] == "9123456789"


async def test_after_a_restart_the_call_is_read_from_the_floor_and_the_books(desk: Desk) -> None:
    desk.known = BookAgentState(agent=ANNA, state=AgentState.TALKING, since=90.0, attempt=FIRST)
    [hello] = await told(await desk.hub.join(ANNA))
    assert hello["state"]["state"] == "talking"
    assert hello["call"]["card"]["attempt"] == FIRST
    await desk.after(10)
    assert desk.alarms == []


async def test_the_call_leaves_the_screen_when_the_agent_is_free(desk: Desk) -> None:
    await desk.pop()
    desk.state(AgentState.READY)
    assert desk.hub.attempt_of(ANNA) is None
    [hello] = await told(await desk.hub.join(ANNA))
    assert hello["call"] is None


async def test_without_its_card_the_call_is_announced_and_the_card_is_asked_for_again(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    desk.books_away = True
    await desk.pop()
    assert (await told(box))[-1]["card"] is None
    desk.books_away = False
    await desk.after(1.1)
    assert (await told(box))[-1]["card"]["attempt"] == FIRST


async def test_a_card_that_comes_too_late_does_not_hide_the_next_call(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    slow = desk.hub.screen_pop(
        ScreenPop(agent=ANNA, attempt=FIRST, lead=LeadId("lead"), campaign=CampaignId(1), answered_at=100.0)
    )
    await desk.pop(SECOND)
    await slow
    pops = [message for message in await told(box) if message["type"] == "pop"]
    assert [message["attempt"] for message in pops] == [SECOND]


async def test_saved_is_said_when_it_is_settled_with_a_disposition(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    await desk.pop()
    await told(box)
    settle: Callable[..., Settle] = lambda disposition: Settle(  # noqa: E731 - one shape, two values
        attempt=FIRST,
        lead=LeadId("lead"),
        campaign=CampaignId(1),
        outcome=Outcome.ANSWERED,
        step=LeadStep(LeadState.DONE, "agreed"),
        times=CallTimes(reserved_at=90.0),
        agent=ANNA,
        disposition=disposition,
    )
    desk.hub.settled(settle(None))
    assert await told(box) == []
    desk.hub.settled(settle("agreed"))
    [saved] = await told(box)
    assert (saved["type"], saved["disposition"]) == ("disposed", "agreed")


async def test_a_wish_in_the_middle_of_a_call_is_shown_until_the_call_is_over(desk: Desk) -> None:
    await desk.pop()
    desk.hub.wish(ANNA, AgentState.PAUSED, "lunch")
    [hello] = await told(await desk.hub.join(ANNA))
    assert hello["wish"] == {"wanted": "paused", "reason": "lunch"}
    desk.state(AgentState.PAUSED)
    [hello] = await told(await desk.hub.join(ANNA))
    assert hello["wish"] is None


async def test_an_alarm_about_his_call_reaches_the_agent_and_no_other(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    other = await desk.hub.join(AgentId(1002))
    await desk.pop()
    desk.hub.alarm(Alarm(name="late_join", text="…", attempt=FIRST))
    desk.hub.alarm(Alarm(name="elsewhere", text="…"))
    assert kinds(await told(box))[-1] == "alarm"
    assert kinds(await told(other)) == ["hello"]


async def test_a_reader_that_never_reads_is_let_go(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    for _ in range(500):
        desk.state(AgentState.READY)
    for _ in range(101):
        last = await box.get()
    assert last is None


def edit(value: str, at: float, attempt: AttemptId = FIRST) -> Edit:
    return Edit(attempt, LeadId("lead"), "address", value, at, ANNA)


async def test_what_is_typed_is_shown_on_every_screen_and_to_whoever_comes_later(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    await desk.pop()
    desk.hub.edited(ANNA, [edit("Мира 1", 101.0)])
    desk.hub.edited(ANNA, [edit("late", 100.5), edit("another call's", 102.0, SECOND)])
    forms = [message for message in await told(box) if message["type"] == "form"]
    assert [one["value"] for message in forms for one in message["edits"]] == ["Мира 1"]
    [hello] = await told(await desk.hub.join(ANNA))
    assert hello["call"]["entered"] == {"lead": {"address": {"value": "Мира 1", "at": 101.0}}}


async def test_another_order_that_is_cancelled_is_marked_on_the_card_and_stays_so(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    await desk.pop()
    desk.hub.seen(ANNA, FIRST)
    await told(box)
    desk.hub.withdrawn(LeadId("somebody else's"))
    assert await told(box) == []
    desk.hub.withdrawn(OTHER)
    [pop] = await told(box)
    [hello] = await told(await desk.hub.join(ANNA))
    for call in (pop, hello["call"]):
        assert (call["attempt"], call["withdrawn"], call["cancelled"], call["seen"]) == (FIRST, False, [OTHER], True)
    await desk.after(60)
    assert desk.alarms == []


async def test_an_order_that_is_cancelled_while_its_card_is_read_is_marked_too(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    slow = desk.hub.screen_pop(
        ScreenPop(agent=ANNA, attempt=FIRST, lead=LeadId("lead"), campaign=CampaignId(1), answered_at=100.0)
    )
    desk.hub.withdrawn(OTHER)
    desk.hub.withdrawn(LeadId("somebody else's"))
    await slow
    [pop] = [message for message in await told(box) if message["type"] == "pop"]
    assert pop["cancelled"] == [OTHER]


async def test_a_card_is_read_again_where_another_order_on_it_has_changed(desk: Desk) -> None:
    box = await desk.hub.join(ANNA)
    await desk.pop()
    await told(box)
    desk.person = "Мария"
    await desk.hub.changed(LeadId("somebody else's"))
    assert await told(box) == []
    await desk.hub.changed(OTHER)
    [pop] = await told(box)
    assert pop["card"]["orders"][1]["person"] == "Мария"
    desk.books_away = True
    await desk.hub.changed(OTHER)
    assert await told(box) == [], "the card stays as it was"
