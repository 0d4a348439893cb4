"""Word from other processes, such as a command beside a running daemon; NOTIFY carries it, and nothing is resent.

That leads were added: a word that is lost costs half a minute (the Floor asks dry campaigns again by itself). That a
lead in a call is withdrawn, its number being forbidden or its person forgotten: a word that is lost lets that one call
ring on; the lead is settled as withdrawn all the same.
"""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress

import asyncpg

from dialer.core.ids import CampaignId, LeadId
from dialer.store.db import AWAY
from dialer.store.sql import Conn

CHANNEL = "dialer_leads_added"
WITHDRAWN = "dialer_lead_withdrawn"
"""Also sent by the statement that forbids numbers."""
RECONNECT_S = 1.0
ALIVE_S = 5.0


async def announce_leads(conn: Conn, campaign: CampaignId) -> None:
    """Tell every daemon that this campaign has new leads; sent when the transaction commits."""
    await conn.execute("select pg_notify($1, $2)", CHANNEL, str(campaign))


async def announce_withdrawn(conn: Conn, leads: Iterable[LeadId]) -> None:
    """Tell every daemon that these leads, which are on a call, are to be called no more."""
    await conn.executemany("select pg_notify($1, $2)", [(WITHDRAWN, lead) for lead in leads])


class LeadsNews:
    """Listens on a connection of its own, and reconnects. `run` is a task of the daemon; ends by being cancelled."""

    def __init__(
        self,
        dsn: str,
        heard: Callable[[CampaignId], None],
        withdrawn: Callable[[LeadId], None] = lambda lead: None,
    ) -> None:
        self._dsn = dsn
        self._heard = heard
        self._withdrawn = withdrawn

    async def run(self) -> None:
        while True:
            with suppress(*AWAY):
                await self._listen()
            await asyncio.sleep(RECONNECT_S)  # noqa: TID251 - a pause between two tries at the edge

    async def _listen(self) -> None:
        conn = await asyncpg.connect(self._dsn, timeout=ALIVE_S, command_timeout=ALIVE_S)
        try:
            await conn.add_listener(CHANNEL, self._on_word)
            await conn.add_listener(WITHDRAWN, self._on_withdrawn)
            while not conn.is_closed():
                await asyncio.sleep(ALIVE_S)  # noqa: TID251 - a look at whether the server is there
                await conn.execute("select 1")
        finally:
            conn.terminate()

    def _on_word(self, _conn: object, _pid: int, _channel: str, payload: object) -> None:
        with suppress(ValueError):
            self._heard(CampaignId(int(str(payload))))

    def _on_withdrawn(self, _conn: object, _pid: int, _channel: str, payload: object) -> None:
        self._withdrawn(LeadId(str(payload)))
