"""Templates: whatever an order holds, what is asked keeps its form; and answers of every shape become intervals."""

from datetime import date

import orjson
import pytest

from dialer.core.ids import AttemptId, LeadId, ProjectId
from dialer.core.slots import Interval, Order, Provider, SlotState, Template
from dialer.core.template import filled
from dialer.quota.template import flaw_of, intervals_of, values_of

DAY = date(2026, 11, 25)
EVIL = '"}, {"x": "&a=b#/../\r\nX-Evil: 1 {date} \u2028'
ASK = Template("GET", "https://c.example/slots?date={date}")


def order(**fields: str) -> Order:
    return Order(AttemptId("a"), LeadId("l"), ProjectId(1), external_id=EVIL, fields=fields)


def test_an_order_cannot_change_what_is_asked() -> None:
    wanted = Template("POST", "https://c.example/{order}?z={postcode}", '{"o": "{order}", "z": "{postcode}"}')
    done = filled(wanted, values_of(order(postcode="101000"), DAY), lambda name: "")
    assert orjson.loads(done.body) == {"o": EVIL, "z": "101000"}
    path = done.url.removeprefix("https://c.example/")
    assert path.endswith("?z=101000")
    assert not set(path.removesuffix("?z=101000")) & set('/?#&="{} \r\n')


def test_secrets_stand_in_headers_only_and_on_one_line() -> None:
    wanted = Template("GET", "https://c.example/", headers={"Authorization": "Bearer {secret:courier}"})
    done = filled(wanted, {}, {"courier": "t0ken\r\nX: 1"}.__getitem__)
    assert done.headers == {"Authorization": "Bearer t0kenX: 1"}
    with pytest.raises(KeyError):
        filled(wanted, {}, {}.__getitem__)


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (ASK, ""),
        (Template("POST", "https://c.example/", '{"a": "{date}"}'), ""),
        (Template("GET", "https://c.example/{phone}"), "{phone} is not known"),
        (Template("POST", "https://c.example/", '{"a": {date}}'), "no JSON"),
        (Template("GET", "https://{town}.example/"), "host must be written out"),
    ],
)
def test_a_wrong_template_is_told(template: Template, said: str) -> None:
    assert said in flaw_of(template)
    assert bool(said) == bool(flaw_of(template))


@pytest.mark.parametrize(
    ("shape", "answer", "found"),
    [
        ({}, {"slots": [{"interval": "10:00-14:00", "free": 3}]}, [Interval("10:00-14:00", SlotState.FREE, 3)]),
        ({}, {"slots": [{"interval": "9:00 – 12:30", "free": 0}]}, [Interval("09:00-12:30", SlotState.FULL, 0)]),
        ({}, {"slots": [{"interval": "10:00-14:00"}]}, [Interval("10:00-14:00", SlotState.UNKNOWN)]),
        ({}, {"slots": [{"interval": "any"}, 7, None]}, []),
        ({"items": ""}, [{"interval": "10:00-14:00", "free": True}], [Interval("10:00-14:00", SlotState.FREE)]),
        (
            {"items": "data.windows", "interval": "", "opens": "from", "closes": "to", "free": "ok"},
            {"data": {"windows": [{"from": "10:00", "to": "14:00", "ok": False}]}},
            [Interval("10:00-14:00", SlotState.FULL)],
        ),
    ],
)
def test_an_answer_becomes_intervals(shape: dict[str, str], answer: object, found: list[Interval]) -> None:
    provider = Provider(ProjectId(1), ASK, **shape)
    assert list(intervals_of(provider, orjson.dumps(answer))) == found


@pytest.mark.parametrize("body", [b"", b"no json", b"[]", b'{"slots": {}}', b'{"slots": null}', b"7"])
def test_what_is_not_understood_is_an_error(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"no list|line 1|zero-length"):
        intervals_of(Provider(ProjectId(1), ASK), body)
