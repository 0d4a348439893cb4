"""Ids: valid UUIDv7, sortable in the order they were made, unguessable enough."""

from uuid import RFC_4122, UUID

from dialer.store.uuid7 import uuid7, uuid7s
from tests.store.scene import NOW


def test_it_is_a_uuid_of_version_7_that_begins_with_its_time() -> None:
    one = UUID(uuid7(NOW + 0.123))
    assert (one.version, one.variant) == (7, RFC_4122)
    assert one.int >> 80 == int(NOW * 1000) + 123


def test_many_of_one_instant_sort_in_the_order_of_the_list_and_differ() -> None:
    made = uuid7s(NOW, 70_000)
    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {UUID(one).version for one in made} == {7}
    assert {UUID(one).variant for one in made} == {RFC_4122}


def test_none_are_none() -> None:
    assert uuid7s(NOW, 0) == []


def test_later_ones_sort_behind() -> None:
    assert max(uuid7s(NOW, 1000)) < uuid7(NOW + 0.001)


def test_two_makers_of_one_instant_do_not_meet() -> None:
    assert len({uuid7(NOW) for _ in range(10_000)}) == 10_000
