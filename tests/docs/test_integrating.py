"""The page for integrators: what it shows is what is done."""

import re
from pathlib import Path

import orjson

from dialer.api.slot_forms import ProviderForm
from dialer.clock import Clock
from dialer.core.ids import ProjectId
from dialer.core.signing import secret_of, signed
from dialer.core.webhooks import EventKind
from dialer.quota.template import NAMES, flaw_of

PAGE = (Path(__file__).parents[2] / "docs" / "integrating.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_the_check_of_a_signature_that_it_shows_is_right() -> None:
    (source,) = blocks("python")
    shown: dict[str, object] = {}
    exec(source, shown)
    is_genuine = shown["is_genuine"]
    assert callable(is_genuine)
    now, secret, body = Clock().wall(), secret_of("key", "salt"), '{"имя": 1}'.encode()
    headers = dict(signed([secret_of("key", "old"), secret], "evt_1", now, body))
    assert is_genuine(secret, headers, body)
    assert not is_genuine(secret, headers, body + b" ")
    assert not is_genuine(secret_of("key", "other"), headers, body)
    assert not is_genuine(secret, dict(signed([secret], "evt_1", now - 600, body)), body)


def test_every_kind_of_event_is_told_and_the_books_write_no_other() -> None:
    queries = Path(__file__).parents[2] / "dialer" / "store" / "queries"
    written = set[str]()
    for path in queries.rglob("*.sql"):
        for statement in path.read_text("utf-8").split("insert into dialer.outbox")[1:]:
            written |= set(re.findall(r"select [\w.]+, [\w.]+, '(\w+)'", statement[:200]))
    assert written == set(EventKind)
    assert all(f"`{kind}`" in PAGE for kind in EventKind)


def test_the_settings_of_slots_that_it_shows_are_taken() -> None:
    message, settings = blocks("json")
    provider = ProviderForm.model_validate_json(settings).provider(ProjectId(1), ())
    for template in (provider.ask, provider.reserve, provider.release):
        assert template is not None
        assert flaw_of(template) == ""
    assert {name for name in NAMES if f"`{{{name}}}`" in PAGE} == NAMES
    assert set(orjson.loads(message)) == {"id", "type", "created_at", "project", "status", "data"}
