"""What strategies have learned, kept in the books: the newest of each campaign and server."""

from dialer.clock import Clock
from dialer.core.floor import Floor
from dialer.core.ids import CampaignId, ServerName
from dialer.core.memory import Memory
from dialer.core.settings import Server, Site
from dialer.store import memories
from dialer.store.books import Books
from tests.store.listener import Listener
from tests.store.scene import NOW, Scene


async def test_the_newest_word_of_each_server_stands_and_is_told_at_boot(scene: Scene) -> None:
    def memory(server: str, at: float, learned: float) -> Memory:
        return Memory(
            scene.campaign, ServerName(server), "predictive", at, {"shape": [learned, 2], "deep": {"a": None}}
        )

    books = Books(scene.database, Clock(), Listener())
    await books.remember([memory("a", NOW, 0.1), memory("b", NOW, 0.2)])
    await books.remember([memory("a", NOW + 60, 0.3)])
    await books.remember([memory("a", NOW + 30, 0.4)])  # late: it was overtaken
    await books.remember([])
    async with scene.database.connection() as conn:
        kept = await memories.memories(conn, [scene.campaign])
        assert await memories.memories(conn, [CampaignId(0)]) == []
    assert kept == [memory("a", NOW + 60, 0.3), memory("b", NOW, 0.2)]

    await scene.run("update dialer.campaign set state = 'running'")
    floor = Floor(Site((Server(ServerName("a")),), ()))
    floor.step(await books.recover())
    assert list(floor.room.campaigns[scene.campaign].memories.values()) == kept
