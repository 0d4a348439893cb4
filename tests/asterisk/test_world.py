"""One seed, one story: the real Asterisk meets the same people whom virtual time meets."""

import pytest_asyncio

from dialer.core.classify import classify
from dialer.core.outcome import Outcome
from sim.sip.people import crowd
from sim.world import Fate, People, Plant, Team, World
from tests.asterisk.line import Line

SEED = 7
PEOPLE = People(answer_ratio=0.35, ring_s=0.6, patience_s=30.0, machine_share=0.2, busy_share=0.2)
TEAM = Team(talk_s=0.3)
PLANT = Plant(setup_low_s=0.05, setup_high_s=0.1, give_up_low_s=2.0, give_up_high_s=2.5)
NUMBERS = [f"916{number:07}" for number in range(60)]

TOLD = {
    Fate.HUMAN: Outcome.ANSWERED,
    Fate.MACHINE: Outcome.ANSWERED,
    Fate.NO_ANSWER: Outcome.NO_ANSWER,
    Fate.BUSY: Outcome.BUSY,
    Fate.INVALID: Outcome.INVALID,
    Fate.CONGESTION: Outcome.CONGESTION,
}
"""A fate of the world, and the outcome by which the dialer knows it; a trunk that falls silent is a test of its own."""


@pytest_asyncio.fixture
async def line(switch, carrier):
    carrier.others = crowd(SEED, PEOPLE, TEAM, PLANT)
    async with Line(switch) as line:
        yield line


async def test_every_number_comes_to_what_its_script_says(line):
    world = World(PEOPLE, TEAM, PLANT, SEED)
    scripts = {number: world.script(number) for number in NUMBERS}
    assert {script.fate for script in scripts.values()} == set(TOLD)
    quick = {n: s for n, s in scripts.items() if s.fate is not Fate.MACHINE}  # a machine answers after 16 s
    attempts = {number: line.dial(number) for number in quick}
    outcomes = {number: classify(await line.ended(attempt)) for number, attempt in attempts.items()}
    assert outcomes == {number: TOLD[script.fate] for number, script in quick.items()}
    for number, script in quick.items():
        rang = attempts[number].clearing.rang
        assert rang is (script.rings_at_s is not None)
