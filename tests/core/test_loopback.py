"""A campaign bound to loopback is never dialled over a trunk that leads anywhere else."""

from dialer.core.effects import Originate, ReserveLeads
from dialer.core.events import Beat
from dialer.core.settings import Server, Site, Trunk
from dialer.core.wishes import SiteChanged
from tests.core.playbook import SERVER, TRUNK, Play, none


def site(loopback: bool) -> Site:
    return Site((Server(SERVER),), (Trunk(TRUNK, SERVER, "trunk", 50, 100.0, loopback=loopback),))


def working(loopback: bool) -> Play:
    """A running campaign, bound to loopback, with a free agent."""
    play = Play(loopback_only=True)
    play.tell(SiteChanged(at=play.at, site=site(loopback)))
    play.sign_in()
    play.start()
    return play


def test_on_a_loopback_trunk_it_is_dialled() -> None:
    assert working(loopback=True).give_leads()


def test_on_any_other_trunk_not_even_a_lead_is_asked_for() -> None:
    play = working(loopback=False)
    for _ in range(100):
        play.after(1.0).tell(Beat(at=play.at))
    assert none(ReserveLeads, play.said)
    assert none(Originate, play.said)


def test_a_trunk_that_was_turned_outwards_meanwhile_is_not_dialled() -> None:
    play = working(loopback=True)
    play.tell(SiteChanged(at=play.at, site=site(loopback=False)))
    assert play.give_leads() == []
