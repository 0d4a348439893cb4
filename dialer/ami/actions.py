"""Effects as AMI actions. Pure: headers out, nothing is sent here.

Every value comes from a closed set of characters, so that none can carry a second header, a second channel variable
(`Variable:` is split at commas) or a dialplan expression. Only ids and numbers go into variables.
"""

import re
from typing import NewType

from dialer.ami.channels import (
    AGENT_CONTEXT,
    ANSWERED_CONTEXT,
    CONFERENCE_CONTEXT,
    CONNECT_CONTEXT,
    CONSULT_CONTEXT,
    CUSTOMER_VARIABLE,
    HELD_CONTEXT,
    MUTED_VARIABLE,
    PER_CALL_CONTEXT,
    SPIED_VARIABLE,
    SPY_CONTEXT,
    TAKE_CONTEXT,
)
from dialer.ami.codec import UnsafeAction
from dialer.core.effects import (
    BackToHold,
    CallAgent,
    CallSpy,
    Confer,
    Connect,
    Consult,
    DropAgent,
    DropSpy,
    HangUp,
    Hold,
    LineEffect,
    Mute,
    Originate,
    SendDigits,
    SpyEffect,
    Take,
    TurnSpy,
)
from dialer.core.ids import attempt_channel

Action = NewType("Action", dict[str, str])

AGENT_RING_S = 45.0
"""How long an agent's phone may ring to be nailed up; auto-answering phones take milliseconds."""
NORMAL_CLEARING = "16"
"""Q.850 cause of our own hang-ups."""

DIGIT_MS = 120
"""How long each key sounds; machines want 40 ms or more (ITU-T Q.24)."""
DIGIT_GAP_MS = 60
"""Silence after each: of a key sent within a packet of sound of the last one Asterisk 22 tells the same RTP timestamp,
and who tells keys by it (RFC 4733, 2.2) hears one. Of 180 keys 5 were lost without a gap, none with 50 ms."""

_DIGITS = re.compile(r"[0-9*#A-D]{1,32}")
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_ENDPOINT = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_CHANNEL_ID = re.compile(r"dlr-[A-Za-z0-9-]{1,100}")
_PJSIP_OBJECT = re.compile(r"[A-Za-z0-9_.@;-]{1,200}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,79}")


def originate(effect: Originate, endpoint: str) -> Action:
    """Dial the customer over the trunk's endpoint; UnsafeAction names what is not fit to be sent."""
    channel_id = _fit(_CHANNEL_ID, attempt_channel(effect.attempt), "attempt id")
    number = _fit(_NUMBER, effect.number, "number")
    return Action(
        {
            "Action": "Originate",
            "ActionID": channel_id,
            "ChannelId": channel_id,
            "Channel": f"PJSIP/{number}@{_fit(_ENDPOINT, endpoint, 'trunk endpoint')}",
            "Context": ANSWERED_CONTEXT,
            "Exten": "s",
            "Priority": "1",
            "Async": "true",
            "Timeout": _milliseconds(effect.ring_s),
            "CallerID": _fit(_NUMBER, effect.caller, "caller number") if effect.caller else "",
            "Variable": f"DLR_WAIT_MS={_milliseconds(effect.answer_limit_s)}",
        }
    )


def connect(effect: Connect) -> tuple[Action, ...]:
    """Move the answered customer to the agent: one Redirect. Per call the dialplan must know the phone first."""
    channel = _fit(_CHANNEL_ID, attempt_channel(effect.attempt), "attempt id")
    redirect = Action(
        {
            "Action": "Redirect",
            "Channel": channel,
            "Context": PER_CALL_CONTEXT if effect.per_call else CONNECT_CONTEXT,
            "Exten": str(int(effect.agent)),
            "Priority": "1",
        }
    )
    if not effect.per_call:
        return (redirect,)
    endpoint = _fit(_ENDPOINT, effect.endpoint, "phone endpoint")
    phone = {"Action": "Setvar", "Channel": channel, "Variable": "DLR_ENDPOINT", "Value": endpoint}
    return Action(phone), redirect


def line(effect: LineEffect) -> tuple[Action, ...]:
    """What is done to a line in talk, in the order in which it must be sent."""
    match effect:
        case Hold():
            return (_redirect(attempt_channel(effect.attempt), HELD_CONTEXT, str(int(effect.agent))),)
        case Take():
            return (_redirect(attempt_channel(effect.attempt), TAKE_CONTEXT, str(int(effect.agent))),)
        case Consult():
            return (_redirect(effect.leg, CONSULT_CONTEXT, str(int(effect.colleague))),)
        case BackToHold():
            return (_redirect(effect.leg, AGENT_CONTEXT, "back"),)
        case Confer():
            customer = _fit(_CHANNEL_ID, attempt_channel(effect.attempt), "attempt id")
            return _setvar(effect.leg, CUSTOMER_VARIABLE, customer), _redirect(
                effect.leg, CONFERENCE_CONTEXT, str(int(effect.agent))
            )
        case Mute():
            word, flag = ("on", "1") if effect.muted else ("off", "")
            return _setvar(effect.leg, MUTED_VARIABLE, flag), _setvar(effect.leg, "MUTEAUDIO(in)", word)
        case SendDigits():
            channel = attempt_channel(effect.attempt)
            return tuple(_digit(channel, digit) for digit in _fit(_DIGITS, effect.digits, "digits"))


def spy(effect: SpyEffect) -> Action:
    """A supervisor's phone: rung, turned to another mode, hung up."""
    channel = _fit(_CHANNEL_ID, effect.spy, "channel id")
    match effect:
        case TurnSpy():
            return _redirect(channel, SPY_CONTEXT, effect.mode)
        case DropSpy():
            return end_channel(channel)
        case CallSpy():
            return Action(
                {
                    "Action": "Originate",
                    "ActionID": channel,
                    "ChannelId": channel,
                    "Channel": f"PJSIP/{_fit(_ENDPOINT, effect.endpoint, 'phone endpoint')}",
                    "Context": SPY_CONTEXT,
                    "Exten": effect.mode,
                    "Priority": "1",
                    "Async": "true",
                    "Timeout": _milliseconds(AGENT_RING_S),
                    "Variable": f"{SPIED_VARIABLE}={_fit(_CHANNEL_ID, effect.leg, 'leg')}",
                }
            )


def _redirect(channel: str, context: str, extension: str) -> Action:
    channel = _fit(_CHANNEL_ID, channel, "channel id")
    place = {"Context": context, "Exten": extension, "Priority": "1"}
    return Action({"Action": "Redirect", "Channel": channel, **place})


def _setvar(channel: str, name: str, value: str) -> Action:
    channel = _fit(_CHANNEL_ID, channel, "channel id")
    return Action({"Action": "Setvar", "Channel": channel, "Variable": name, "Value": value})


def _digit(channel: str, digit: str) -> Action:
    channel = _fit(_CHANNEL_ID, channel, "channel id")
    return Action({"Action": "PlayDTMF", "Channel": channel, "Digit": digit, "Duration": str(DIGIT_MS)})


def call_agent(effect: CallAgent) -> Action:
    """Ring the agent's phone and nail it up in hold."""
    leg = _fit(_CHANNEL_ID, effect.leg, "leg")
    return Action(
        {
            "Action": "Originate",
            "ActionID": leg,
            "ChannelId": leg,
            "Channel": f"PJSIP/{_fit(_ENDPOINT, effect.endpoint, 'phone endpoint')}",
            "Context": AGENT_CONTEXT,
            "Exten": "login",
            "Priority": "1",
            "Async": "true",
            "Timeout": _milliseconds(AGENT_RING_S),
            "Variable": f"DLR_AGENT={int(effect.agent)}",
        }
    )


def end(effect: HangUp | DropAgent) -> Action:
    """End the customer's channel or the agent's leg."""
    channel = effect.leg if isinstance(effect, DropAgent) else attempt_channel(effect.attempt)
    return end_channel(channel)


def end_channel(channel_id: str) -> Action:
    """End a channel of ours by its ChannelId."""
    channel = _fit(_CHANNEL_ID, channel_id, "channel id")
    return Action({"Action": "Hangup", "Channel": channel, "Cause": NORMAL_CLEARING})


def getvar(name: str) -> Action:
    """Ask a global variable of the dialplan."""
    return Action({"Action": "Getvar", "Variable": _fit(_VARIABLE, name, "variable name")})


def place_question(context: str, extension: str) -> Action:
    """Ask whether the dialplan has this place; the answer is 1 or 0."""
    return Action({"Action": "Getvar", "Variable": f"DIALPLAN_EXISTS({context},{extension},1)"})


def trunk_question(function: str, of: str, field: str) -> Action:
    """Ask a PJSIP object's field through the dialplan's functions, which needs no more than write=call."""
    name = _fit(_PJSIP_OBJECT, of, "name of an endpoint, an AOR or a contact")
    return Action({"Action": "Getvar", "Variable": f"{function}({name},{field})"})


def fit_endpoint(endpoint: str) -> str:
    """The same, where it may stand in a dial string; UnsafeAction."""
    return _fit(_ENDPOINT, endpoint, "phone endpoint")


def _fit(pattern: re.Pattern[str], value: str, what: str) -> str:
    if not pattern.fullmatch(value):
        raise UnsafeAction(f"the {what} has characters that do not belong in one; nothing was sent")
    return value


def _milliseconds(seconds: float) -> str:
    return str(max(1, round(seconds * 1000)))
