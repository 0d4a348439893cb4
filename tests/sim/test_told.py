"""What the dialer is told in a simulated day: of a lead's segment, and of how far an agent's talk is."""

from dialer.core.effects import Effect, Originate
from dialer.core.events import Event, LeadsReserved, Reservation
from dialer.core.hinting import FORM
from dialer.core.reach import forecast_of
from dialer.core.wishes import AgentHinted
from sim.run import CAMPAIGN, SERVER, Day
from sim.scenario import Scenario
from sim.world import Segment, Team, Told
from strategies.base import Phase
from strategies.predictive import Predictive

SEGMENTS = (Segment("warm", 0.5, {"answer_ratio": 0.7}), Segment("cold", 0.5, {"answer_ratio": 0.1}))


def lived(told: Told = Told.SEGMENT, form_at: float = 0.0, hours: float = 0.5) -> tuple[Day, list[Event]]:
    """Half an hour of twelve agents, and all that the Floor was told."""
    day = Day(Scenario(hours=hours, team=Team(agents=12, form_at=form_at), segments=SEGMENTS, segments_told=told))
    heard: list[Event] = []

    def journal(event: Event, effects: list[Effect]) -> None:
        heard.append(event)

    day.journal = journal
    day.run()
    return day, heard


def reservations(heard: list[Event]) -> list[Reservation]:
    return [one for event in heard if isinstance(event, LeadsReserved) for one in event.reservations]


def test_a_segment_is_told_as_one_as_a_fact_as_a_chance_or_not_at_all() -> None:
    as_segment, as_fact, as_chance, as_nothing = (reservations(lived(told, hours=0.05)[1]) for told in Told)
    assert {one.segment for one in as_segment} == {"warm", "cold"}
    assert {one.known for one in as_segment} == {None}
    assert {one.segment for one in as_fact} == {""}
    assert {one.known.region for one in as_fact if one.known} == {"warm", "cold"}
    assert {one.answer_ratio for one in as_chance} == {0.7, 0.1}
    assert {one.answer_ratio for one in (*as_segment, *as_fact[:1], *as_nothing)} == {None}
    assert {(one.segment, one.known) for one in (*as_chance, *as_nothing)} == {("", None)}


def test_who_answers_is_learned_in_a_simulated_day_and_shown_to_pacing() -> None:
    day = Day(Scenario(hours=0.5, team=Team(agents=12), segments=SEGMENTS, segments_told=Told.REGION))
    shown: list[float | None] = []

    def journal(event: Event, effects: list[Effect]) -> None:
        dialled = [effect.attempt for effect in effects if isinstance(effect, Originate)]
        shown.extend(day.floor.room.calls[attempt].reservation.answer_ratio for attempt in dialled)

    day.journal = journal
    day.run()
    model = forecast_of(day.floor.room, day.floor.room.campaigns[CAMPAIGN]).model
    assert model.tells_apart
    assert model.chance(("region warm",)) > 2 * model.chance(("region cold",))
    assert shown[0] is None, "before the first call nothing is known"
    assert sum(ratio is not None for ratio in shown) > len(shown) / 2


def test_pages_that_show_the_form_teach_the_forecast_what_it_means() -> None:
    day, heard = lived(form_at=0.8)
    assert sum(isinstance(event, AgentHinted) for event in heard) > 100
    strategy = day.floor.room.campaigns[CAMPAIGN].strategies[SERVER]
    assert isinstance(strategy, Predictive)
    assert strategy.worth_of_hint(Phase.TALK, FORM) > 1.5
    assert not any(isinstance(event, AgentHinted) for event in lived(hours=0.05)[1])
