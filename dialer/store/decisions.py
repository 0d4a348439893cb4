"""The pacing log, sampled: every decision that starts calls, else one when its reason changes or is old."""

from collections.abc import Sequence
from typing import Any

import orjson
from asyncpg import Record

from dialer.core.effects import BookDecision
from dialer.core.ids import CampaignId, Instant, ServerName
from dialer.store.sql import Conn, load
from strategies.base import Decision, Limit

REPEAT_S = 30.0
"""A decision that is like the last is written again after this."""
HOLDS_S = 3.0 * REPEAT_S
"""A decision after which none was written for so long held no more: the campaign did not run, or nobody was there."""


_Q = load("decisions")


class Sampler:
    """Tells which decisions are worth a row: figures in a reason change at every beat, so its words are compared."""

    def __init__(self) -> None:
        self._last: dict[tuple[CampaignId, ServerName], tuple[Instant, str]] = {}

    def keeps(self, effect: BookDecision) -> bool:
        key = (effect.campaign, effect.server)
        words = "".join(char for char in effect.decision.reason if char.isalpha())
        at, before = self._last.get(key, (float("-inf"), ""))
        if effect.decision.calls_to_start == 0 and words == before and effect.at - at < REPEAT_S:
            return False
        self._last[key] = (effect.at, words)
        return True


def decision_rows(told: Sequence[BookDecision]) -> dict[str, list[Any]]:
    """The columns of `dialer.decision`."""
    return {
        "campaigns": [effect.campaign for effect in told],
        "servers": [effect.server for effect in told],
        "at": [effect.at for effect in told],
        "strategies": [effect.decision.strategy for effect in told],
        "starts": [effect.decision.calls_to_start for effect in told],
        "wished": [effect.decision.wished for effect in told],
        "reasons": [effect.decision.reason for effect in told],
        "inputs": [orjson.dumps(dict(effect.decision.inputs)).decode() for effect in told],
        "limits": [effect.decision.limited_by.value for effect in told],
    }


async def latest(conn: Conn, campaign: CampaignId, bound: int) -> list[BookDecision]:
    """The newest first."""
    return [_decision(row) for row in await _Q["latest"].rows(conn, campaign=campaign, bound=bound)]


async def in_force(conn: Conn, campaign: CampaignId, at: Instant) -> list[BookDecision]:
    """The decision of each server that held at this instant, as far as it was sampled."""
    return [_decision(row) for row in await _Q["in_force"].rows(conn, campaign=campaign, at=at)]


def _decision(row: Record) -> BookDecision:
    decision = Decision(
        calls_to_start=row["calls_to_start"],
        reason=row["reason"],
        strategy=row["strategy"],
        wished=row["wished"],
        inputs=tuple(orjson.loads(row["inputs"]).items()),
        limited_by=Limit(row["limited_by"]),
    )
    return BookDecision(
        campaign=CampaignId(row["campaign"]), server=ServerName(row["server"]), at=row["at"], decision=decision
    )
