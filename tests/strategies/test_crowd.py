"""A crowd is what was put and not dropped, in arrays that say the same as its records."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies.base import BusyAgent, Phase, RingingCall
from strategies.crowd import CallKind, Crowd, agent_kind, crowd_of_agents, crowd_of_calls

KEYS = st.integers(0, 90)
RECORDS = st.builds(
    BusyAgent, st.sampled_from(Phase), leaving=st.booleans(), since_s=st.floats(0.0, 1e6, allow_nan=False)
)


@given(st.lists(st.tuples(KEYS, RECORDS | st.none()), max_size=300))
def test_a_crowd_holds_what_a_dictionary_would(steps: list[tuple[int, BusyAgent | None]]) -> None:
    crowd, plain = crowd_of_agents(), dict[int, BusyAgent]()
    for key, record in steps:
        if record is None:
            crowd.drop(key)
            plain.pop(key, None)
        else:
            crowd.put(key, record)
            plain[key] = record
    assert dict(zip(crowd.keys(), crowd, strict=True)) == plain
    assert crowd.since_s.tolist() == [record.since_s for record in crowd]
    assert [crowd.kinds[code] for code in crowd.codes] == [agent_kind(record) for record in crowd]


def test_more_than_it_had_room_for() -> None:
    crowd: Crowd[RingingCall] = crowd_of_calls()
    for number in range(1000):
        crowd.put(number, RingingCall(since_s=float(number), segment=str(number % 3)))
    assert len(crowd) == 1000
    assert crowd.since_s.tolist() == [float(number) for number in range(1000)]
    assert crowd.kinds == (CallKind("0"), CallKind("1"), CallKind("2"))
    assert crowd[999] == RingingCall(since_s=999.0, segment="0")
    assert crowd[:2] == [crowd[0], crowd[1]]


def test_an_age_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="since_s"):
        crowd_of_calls().put("a", RingingCall(age_s=3.0))
