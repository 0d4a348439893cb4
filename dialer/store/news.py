"""Word from other processes that leads were added, such as an import beside a running daemon; NOTIFY carries it.

A word that is lost costs half a minute (the Floor asks dry campaigns again by itself), so nothing is resent.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import asyncpg

from dialer.core.ids import CampaignId
from dialer.store.db import AWAY
from dialer.store.sql import Conn

CHANNEL = "dialer_leads_added"
RECONNECT_S = 1.0
ALIVE_S = 5.0


async def announce_leads(conn: Conn, campaign: CampaignId) -> None:
    """Tell every daemon that this campaign has new leads; sent when the transaction commits."""
    await conn.execute("select pg_notify($1, $2)", CHANNEL, str(campaign))


class LeadsNews:
    """Listens on a connection of its own, and reconnects. `run` is a task of the daemon; ends by being cancelled."""

    def __init__(self, dsn: str, heard: Callable[[CampaignId], None]) -> None:
        self._dsn = dsn
        self._heard = heard

    async def run(self) -> None:
        while True:
            with suppress(*AWAY):
                await self._listen()
            await asyncio.sleep(RECONNECT_S)  # noqa: TID251 - a pause between two tries at the edge

    async def _listen(self) -> None:
        conn = await asyncpg.connect(self._dsn, timeout=ALIVE_S, command_timeout=ALIVE_S)
        try:
            await conn.add_listener(CHANNEL, self._on_word)
            while not conn.is_closed():
                await asyncio.sleep(ALIVE_S)  # noqa: TID251 - a look at whether the server is there
                await conn.execute("select 1")
        finally:
            conn.terminate()

    def _on_word(self, _conn: object, _pid: int, _channel: str, payload: object) -> None:
        with suppress(ValueError):
            self._heard(CampaignId(int(str(payload))))
