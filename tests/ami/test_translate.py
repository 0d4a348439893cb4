"""Asterisk's messages as dialogues: what came, and what the Floor is told. The messages are those of Asterisk 22."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.ami.channels import TRIAL_PREFIX, Living, attempt_of, leg_agent
from dialer.ami.codec import Headers
from dialer.ami.memory import ENDED_REMEMBERED
from dialer.ami.translate import Translator
from dialer.core.events import (
    AgentHeld,
    AgentLegDown,
    Answered,
    Bridged,
    BridgeFailed,
    Event,
    HungUp,
    MessageEnded,
    MessageStarted,
    OriginateFailed,
    Progress,
    Ringing,
    TrunkSeen,
)
from dialer.core.ids import AgentId, AttemptId, Leg, TrunkName

A = AttemptId("0198e2c4-77aa-7000-8000-000000000001")
CUSTOMER = f"dlr-{A}"
AGENT, LEG = AgentId(1001), Leg("dlr-a1001-x")
STRANGER = "1795292593.12"
AT = 1000.0

RINGING = {"Event": "Newstate", "ChannelState": "5", "ChannelStateDesc": "Ringing", "Uniqueid": CUSTOMER}
UP = {"Event": "Newstate", "ChannelState": "6", "ChannelStateDesc": "Up", "Uniqueid": CUSTOMER}


def dial_state(status: str) -> Headers:
    return {"Event": "DialState", "DestUniqueid": CUSTOMER, "DialStatus": status}


def user(name: str, channel: str = CUSTOMER, **more: str) -> Headers:
    return {"Event": "UserEvent", "UserEvent": name, "Uniqueid": channel, **more}


def enter(channel: str, bridge: str = "b1", count: int = 2, technology: str = "simple_bridge", **more: str) -> Headers:
    return {
        "Event": "BridgeEnter",
        "BridgeUniqueid": bridge,
        "BridgeTechnology": technology,
        "BridgeNumChannels": str(count),
        "Uniqueid": channel,
        **more,
    }


def hold(bridge: str = "h1") -> Headers:
    return enter(LEG, bridge, 1, "holding_bridge")


def hangup(channel: str = CUSTOMER, cause: str = "16", state: str = "6", **more: str) -> Headers:
    return {"Event": "Hangup", "Uniqueid": channel, "ChannelState": state, "Cause": cause, **more}


def response(word: str, channel: str = CUSTOMER) -> Headers:
    return {"Event": "OriginateResponse", "ActionID": channel, "Response": word, "Reason": "0", "Uniqueid": channel}


def told(*messages: Headers, translator: Translator | None = None) -> list[Event]:
    translator = translator or Translator({"carrier": TrunkName("main")})
    return [event for message in messages for event in translator.read(message, AT)]


ANSWERED = Answered(at=AT, attempt=A)
BRIDGED = Bridged(at=AT, attempt=A, agent=AGENT)
HELD = AgentHeld(at=AT, agent=AGENT, leg=LEG)
CONNECTED = {"Context": "dlr-connect", "Exten": "1001"}


def hung_up(cause: int = 16, tech_cause: int = 0) -> HungUp:
    return HungUp(at=AT, attempt=A, cause=cause, tech_cause=tech_cause)


# ---- whose channel


def test_names_tell_whose_a_channel_is() -> None:
    assert (attempt_of(CUSTOMER), leg_agent(CUSTOMER)) == (A, None)
    assert (attempt_of(LEG), leg_agent(LEG)) == (None, AGENT)
    assert (attempt_of(STRANGER), leg_agent(STRANGER)) == (None, None)
    assert attempt_of(f"{TRIAL_PREFIX}0a1b") is None


def test_an_attempt_id_that_begins_like_an_agents_leg_is_an_attempt() -> None:
    strange = AttemptId("a1001234-77aa-7000-8000-000000000001")
    assert attempt_of(f"dlr-{strange}") == strange


@pytest.mark.parametrize(
    "message",
    [
        {**RINGING, "Uniqueid": STRANGER},
        {**dial_state("RINGING"), "DestUniqueid": STRANGER},
        user("DlrAnswered", STRANGER),
        user("DlrBridgeFailed", STRANGER, Agent="1001", Result="NONEXISTENT"),
        enter(STRANGER),
        hangup(STRANGER),
        response("Failure", "someone/1"),
        {"Event": "ContactStatus", "EndpointName": "boss", "ContactStatus": "Unreachable"},
        {"Event": "UserEvent"},
        {"Event": "Hangup"},
        {"Event": "FullyBooted"},
        {},
    ],
)
def test_what_is_not_ours_is_passed_over(message: Headers) -> None:
    assert told(message) == []


# ---- a customer's call


def test_a_call_that_is_answered_and_joined() -> None:
    assert told(
        RINGING,
        dial_state("RINGING"),
        response("Success"),
        UP,
        user("DlrAnswered"),
        enter(LEG, count=1),
        enter(CUSTOMER, **CONNECTED),
        hold(),
        hangup(),
    ) == [Ringing(at=AT, attempt=A), ANSWERED, BRIDGED, HELD, hung_up()]


def test_early_media_is_progress_and_ringing_may_still_follow() -> None:
    assert told(dial_state("PROGRESS"), dial_state("PROGRESS"), dial_state("RINGING"), RINGING) == [
        Progress(at=AT, attempt=A),
        Ringing(at=AT, attempt=A),
    ]


@pytest.mark.parametrize("first", [0, 1])
def test_a_busy_number_in_either_order(first: int) -> None:
    failed, gone = response("Failure"), hangup(cause="17", state="0", TechCause="486")
    events = told(*((failed, gone) if first == 0 else (gone, failed)))
    assert events == ([OriginateFailed(at=AT, attempt=A)] if first == 0 else []) + [hung_up(17, 486)]


def test_an_answer_is_told_by_the_dialplan_not_by_the_channel() -> None:
    """A Redirect at `Newstate Up` could overtake the dialplan's first step, which sets the answer deadline."""
    assert told(UP) == []


def test_a_customer_who_leaves_as_he_answers_has_answered() -> None:
    assert told(hangup()) == [ANSWERED, hung_up()]


@pytest.mark.parametrize(("status", "heard"), [("SUCCESS", True), ("FAILED", False)])
def test_nobody_was_free(status: str, heard: bool) -> None:
    assert told(user("DlrAnswered"), user("DlrAbandon"), user("DlrMessageDone", Status=status), hangup()) == [
        ANSWERED,
        MessageStarted(at=AT, attempt=A),
        MessageEnded(at=AT, attempt=A, heard=heard),
        hung_up(),
    ]
    assert told(hangup(), user("DlrMessageDone", Status=status)) == [ANSWERED, hung_up()], "late: nothing new"


def test_the_message_says_that_there_was_an_answer() -> None:
    assert told(user("DlrAbandon"), user("DlrAnswered")) == [ANSWERED, MessageStarted(at=AT, attempt=A)]


def test_a_failed_join_says_who_and_why() -> None:
    failed = user("DlrBridgeFailed", Agent="1001", Result="NONEXISTENT")
    expected = BridgeFailed(at=AT, attempt=A, agent=AGENT, result="NONEXISTENT")
    assert told(user("DlrAnswered"), failed) == [ANSWERED, expected]
    assert told(user("DlrBridgeFailed", Agent="", Result="NONEXISTENT")) == []


def test_a_second_agent_after_a_failed_join() -> None:
    other = Leg("dlr-a1002-y")
    events = told(
        user("DlrAnswered"),
        user("DlrBridgeFailed", Agent="1001", Result="NONEXISTENT"),
        enter(other, "b2", 1),
        enter(CUSTOMER, "b2", **CONNECTED),
    )
    assert events[-1] == Bridged(at=AT, attempt=A, agent=AgentId(1002))


@pytest.mark.parametrize("word", ["", "486 Busy", "-1"])
def test_a_tech_cause_that_is_no_number_is_none(word: str) -> None:
    assert told(hangup(state="0", TechCause=word)) == [hung_up()]


# ---- bridges


def test_both_orders_of_entering_a_bridge_are_one_join() -> None:
    agent, customer = enter(LEG), enter(CUSTOMER, **CONNECTED)
    assert told(agent, customer) == told(customer, agent) == [ANSWERED, BRIDGED]


def test_two_talks_at_once_are_not_mixed_up() -> None:
    other = AttemptId("0198e2c4-77aa-7000-8000-000000000002")
    events = told(
        enter(LEG, "b1"),
        enter("dlr-a1002-y", "b2"),
        enter(f"dlr-{other}", "b2"),
        enter(CUSTOMER, "b1"),
    )
    assert [event for event in events if isinstance(event, Bridged)] == [
        Bridged(at=AT, attempt=other, agent=AgentId(1002)),
        BRIDGED,
    ]


def test_an_agent_with_the_next_customer_is_joined_anew() -> None:
    other = AttemptId("0198e2c4-77aa-7000-8000-000000000002")
    events = told(
        *(hold("h1"), enter(LEG, "b1"), enter(CUSTOMER, "b1"), hold("h2"), hangup()),
        *(enter(LEG, "b2"), enter(f"dlr-{other}", "b2")),
    )
    assert [type(event) for event in events] == [AgentHeld, Answered, Bridged, AgentHeld, HungUp, Answered, Bridged]


@pytest.mark.parametrize("customer_first", [True, False])
def test_an_agent_called_per_call_is_named_by_the_customers_extension(customer_first: bool) -> None:
    """Dial() makes the agent's leg: it carries no name of ours."""
    place = {"Context": "dlr-dial", "Exten": "1001"}
    if customer_first:
        messages = [enter(CUSTOMER, count=1, **place), enter(STRANGER, count=2)]
    else:
        messages = [enter(STRANGER, count=1), enter(CUSTOMER, count=2, **place)]
    assert told(*messages) == [ANSWERED, BRIDGED]


# ---- an agent's leg


def test_a_leg_is_held_as_often_as_it_enters_a_new_hold() -> None:
    assert told(user("DlrAgentUp", LEG, Agent="1001"), hold("h1"), hold("h1"), hold("h2")) == [HELD, HELD]


def test_a_leg_that_ends_says_why() -> None:
    down = AgentLegDown(at=AT, agent=AGENT, leg=LEG, cause=44)
    assert told(hold(), hangup(LEG, "44"), hangup(LEG, "44"), hold("h9")) == [HELD, down]


# ---- what comes twice, late or after a resync


def test_whatever_comes_twice_is_told_once() -> None:
    once = [
        *(RINGING, dial_state("PROGRESS"), user("DlrAnswered"), hold(), enter(LEG, count=1), enter(CUSTOMER)),
        *(user("DlrAbandon"), hold("h2"), response("Failure"), hangup()),
    ]
    assert told(*(message for message in once for _ in range(2))) == told(*once)


def test_what_comes_after_the_end_is_not_told() -> None:
    late = [RINGING, dial_state("PROGRESS"), user("DlrAnswered"), enter(CUSTOMER), user("DlrAbandon"), hangup()]
    late.append(user("DlrBridgeFailed", Agent="1001", Result="NONEXISTENT"))
    assert told(hangup(state="0"), *late) == [hung_up()]


def test_the_memory_of_ended_channels_is_bounded() -> None:
    translator = Translator({})
    for number in range(ENDED_REMEMBERED + 10):
        told(hangup(f"dlr-{number}"), translator=translator)
    assert len(translator._ended) == ENDED_REMEMBERED
    assert translator._alive == {}


def test_nothing_is_kept_of_calls_and_talks_that_have_ended() -> None:
    translator = Translator({})
    told(user("DlrAnswered"), enter(LEG), enter(CUSTOMER), hold("h2"), hangup(), hangup(LEG), translator=translator)
    assert (translator._alive, translator._rooms) == ({}, {})


def test_nothing_is_kept_of_calls_that_never_had_a_channel() -> None:
    translator = Translator({})
    for number in range(ENDED_REMEMBERED + 10):
        translator.expect(f"dlr-{number}")
        told(response("Failure", f"dlr-{number}"), translator=translator)
    assert translator._alive == {}
    assert len(translator._failed) == ENDED_REMEMBERED


A_TALK = [
    *(RINGING, dial_state("RINGING"), dial_state("PROGRESS"), response("Success"), UP, user("DlrAnswered")),
    *(enter(LEG, count=1), enter(CUSTOMER, **CONNECTED), hold("h2"), hangup()),
]
BUSY = [dial_state("PROGRESS"), RINGING, response("Failure"), hangup(cause="17", state="5", TechCause="486")]
ABANDONED = [RINGING, user("DlrAnswered"), user("DlrAbandon"), enter(LEG), enter(CUSTOMER), hold("h2"), hangup()]


@given(st.sampled_from([A_TALK, BUSY, ABANDONED]), st.data())
def test_however_a_link_doubles_and_swaps_the_story_stays_in_order(story: list[Headers], data: st.DataObject) -> None:
    messages = [message for message in story for _ in range(data.draw(st.integers(1, 2)))]
    for at in data.draw(st.lists(st.integers(0, len(messages) - 2), max_size=6)):
        messages[at], messages[at + 1] = messages[at + 1], messages[at]
    events = [event for event in told(*messages) if not isinstance(event, AgentHeld)]
    kinds = [type(event) for event in events]
    assert len(kinds) == len(set(kinds))
    assert kinds[-1] is HungUp
    if Answered in kinds:
        after_it = [kinds.index(kind) for kind in (Bridged, MessageStarted) if kind in kinds]
        assert all(kinds.index(Answered) < at for at in after_it)


def test_a_channel_that_never_was_is_told_once() -> None:
    translator = Translator({})
    translator.expect(LEG)
    assert translator.is_alive(LEG)
    assert translator.gone(LEG, AT) == [AgentLegDown(at=AT, agent=AGENT, leg=LEG, cause=0)]
    assert translator.gone(LEG, AT) == []
    assert not translator.is_alive(LEG)


def test_after_a_resync_only_what_is_new_is_told() -> None:
    translator = Translator({})
    talking = Living(CUSTOMER, answered=True, bridge="b1", talking_to=AGENT)
    assert translator.adopt([talking, Living(LEG, answered=True, bridge="b1")], AT) == []
    stale = [RINGING, user("DlrAnswered"), enter(LEG, "b1"), enter(CUSTOMER, "b1", **CONNECTED)]
    assert told(*stale, hold("h2"), hangup(), translator=translator) == [HELD, hung_up()]


def test_a_talk_that_a_resync_saw_half_made_is_told_when_it_is_made() -> None:
    translator = Translator({})
    translator.adopt([Living(LEG, answered=True, bridge="b1"), Living(CUSTOMER, answered=True)], AT)
    assert told(enter(CUSTOMER, "b1", **CONNECTED), translator=translator) == [BRIDGED]


def test_a_held_leg_is_not_told_again_by_its_own_late_event() -> None:
    translator = Translator({})
    translator.adopt([Living(LEG, answered=True, bridge="h1", held=True)], AT)
    assert told(hold("h1"), translator=translator) == []
    assert told(hold("h2"), translator=translator) == [HELD]


def test_a_lost_link_forgets_what_lived() -> None:
    translator = Translator({})
    translator.expect(CUSTOMER)
    translator.clear()
    assert not translator.is_alive(CUSTOMER)


def test_a_resync_on_a_live_link_keeps_what_was_just_asked_for() -> None:
    translator = Translator({})
    translator.expect(CUSTOMER)
    translator.adopt([], AT)
    assert translator.is_alive(CUSTOMER)


JOINED = [enter(LEG, "b1", 1), enter(CUSTOMER, "b1", **CONNECTED)]
SHOWN_TOO_EARLY = {
    "answer": ((), Living(CUSTOMER, answered=True), [user("DlrAnswered")], [ANSWERED]),
    "message": (
        (),
        Living(CUSTOMER, answered=True, message_plays=True),
        [user("DlrAbandon")],
        [ANSWERED, MessageStarted(at=AT, attempt=A)],
    ),
    "join": (
        (user("DlrAnswered"),),
        Living(CUSTOMER, answered=True, bridge="b1", talking_to=AGENT),
        JOINED,
        [BRIDGED],
    ),
    "half a join": (
        (user("DlrAnswered"), JOINED[0]),
        Living(LEG, answered=True, bridge="b1"),
        JOINED[1:],
        [BRIDGED],
    ),
    "hold": ((), Living(LEG, answered=True, bridge="h1", held=True), [hold("h1")], [HELD]),
    "end": ((user("DlrAnswered"),), Living(CUSTOMER, answered=True), [hangup()], [hung_up()]),
}
"""What was told before; what a resync on a live link then shows; the events behind it; what they mean."""


@pytest.mark.parametrize("case", SHOWN_TOO_EARLY)
def test_what_a_resync_on_a_live_link_shows_before_its_event_is_told_once_by_the_event(case: str) -> None:
    before, shown, behind, meant = SHOWN_TOO_EARLY[case]
    translator = Translator({})
    for channel in (CUSTOMER, LEG):
        translator.expect(channel)
    told(*before, translator=translator)
    assert translator.adopt([shown], AT) == []
    assert told(*behind, *behind, translator=translator) == meant
    if case != "end":
        assert translator.adopt([shown], AT) == [], "told long ago"
        assert told(*behind, translator=translator) == []


def test_after_a_loss_what_was_known_is_taken_over_as_it_is_found() -> None:
    translator = Translator({})
    translator.expect(CUSTOMER)
    translator.expect(LEG)
    told(hold("h1"), translator=translator)
    translator.clear()
    talking = Living(CUSTOMER, answered=True, bridge="b1", talking_to=AGENT)
    assert translator.adopt([talking, Living(LEG, answered=True, bridge="b1")], AT) == []
    assert told(user("DlrAnswered"), *JOINED, hangup(), translator=translator) == [hung_up()]


def test_a_channel_of_which_nothing_is_known_is_adopted_on_a_live_link_too() -> None:
    translator = Translator({})
    translator.expect(LEG)
    translator.adopt([Living(LEG, answered=False), Living(CUSTOMER, answered=True)], AT)
    assert translator.is_alive(CUSTOMER)
    assert told(user("DlrAnswered"), hangup(), translator=translator) == [hung_up()]


def test_a_message_that_plays_is_told_after_a_resync() -> None:
    translator = Translator({})
    playing = Living(CUSTOMER, answered=True, message_plays=True)
    assert translator.adopt([playing], AT) == [MessageStarted(at=AT, attempt=A)]
    assert told(user("DlrAbandon"), translator=translator) == []


# ---- trunks


def test_a_trunk_is_told_when_it_changes() -> None:
    def contact(status: str) -> Headers:
        return {"Event": "ContactStatus", "EndpointName": "carrier", "ContactStatus": status}

    def seen(reachable: bool) -> TrunkSeen:
        return TrunkSeen(at=AT, trunk=TrunkName("main"), reachable=reachable)

    statuses = ["Created", "Reachable", "Reachable", "NonQualified", "Unreachable", "Removed", "Reachable"]
    assert told(*map(contact, statuses)) == [seen(True), seen(False), seen(True)]
