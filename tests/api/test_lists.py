"""Lists by HTTP over the real books: tried, taken in beside the loop, decided, paused; and files that are no lists."""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialer.core.access import Role
from dialer.core.events import LeadsAdded
from dialer.reading import LONG_BYTES, Plan
from tests.api.conftest import House
from tests.api.test_leads import leave, woken

Headers = dict[str, str]

ORDERS = """Заказ;Телефон;ФИО;Индекс;Город;Сумма
A-1;8 (916) 123-45-67;Анна;;Москва;100
A-2;234-56-78 доб. 5;Борис;101000;Москва;200
A-3;56-76-12;Вера;248000;Калуга;300
A-4;нет телефона;Галина;;;400
A-1;8 916 765-43-21;Анна снова;;Москва;500
A-5;345-67-89;Денис;101000;Москва;600
"""
SUMS = {"rows": 6, "accepted": 2, "duplicate": 1, "needs_decision": 2, "rejected": 1, "reasons": {"NO_DIGITS": 1}}


@pytest_asyncio.fixture(autouse=True)
async def imports(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Files are imported, and lie in a folder of the test's own meanwhile: it is empty at the end."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    running = asyncio.ensure_future(house.lists.run())
    yield
    house.lists.close()
    await running
    assert not [name for name in os.listdir(tmp_path) if name.startswith("dialer-list-")]


async def send(
    house: House, http: httpx.AsyncClient, headers: Headers, content: bytes | str, how: str = "", **form: str
) -> httpx.Response:
    """A file to the campaign; `how="/check"`: to be tried only."""
    body = content.encode() if isinstance(content, str) else content
    path = f"/api/v1/campaigns/{house.campaign}/lists{how}"
    return await http.post(path, headers=headers, files={"file": ("orders.csv", body)}, data=form)


async def imported(house: House, http: httpx.AsyncClient, headers: Headers, content: str, **form: str) -> Any:
    """The list when its import is over."""
    answer = await send(house, http, headers, content, **form)
    assert answer.status_code == 202, answer.text
    async with asyncio.timeout(60):
        while True:
            found = (await http.get(f"/api/v1/lists/{answer.json()['id']}", headers=headers)).json()
            if found["import"]["state"] in ("done", "failed"):
                return found
            house.room.news.clear()
            await asyncio.sleep(0.01)


async def written(house: House) -> int:
    async with house.database.connection() as conn:
        return int(await conn.fetchval("select count(*) from dialer.list") or 0)


async def lead_of(house: House, external_id: str) -> dict[str, Any]:
    async with house.database.connection() as conn:
        row = await conn.fetchrow(
            "select l.id::text as lead, l.state, l.reason, l.number, l.fields::text,"
            " array(select p.number || ':' || p.extension from dialer.phone p where p.lead = l.id order by p.position)"
            " as phones from dialer.lead l where external_id = $1",
            external_id,
        )
    return dict(row)


async def test_a_file_is_tried_and_nothing_is_written(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    answer = await send(house, http, supervisor, ORDERS, "/check")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["sums"] == SUMS
    assert {one["name"]: one["column"] for one in found["columns"]} == {
        "Заказ": "external_id",
        "Телефон": "phone",
        "ФИО": "person",
        "Индекс": "postcode",
        "Город": "town",
        "Сумма": "",
    }
    assert {kind: [row["row"] for row in rows] for kind, rows in found["samples"].items()} == {
        "accepted": [1, 3],
        "needs_decision": [2, 6],
        "rejected": [4],
        "duplicate": [5],
    }
    assert found["samples"]["accepted"][1]["numbers"] == ["4842567612"]
    assert await written(house) == 0
    assert house.room.events == []


async def test_a_file_is_taken_in_and_the_floor_is_told(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    done = await imported(house, http, supervisor, ORDERS, name="ноябрь")
    assert done["sums"] == SUMS
    assert (done["name"], done["state"], done["undecided"]) == ("ноябрь", "active", 2)
    assert done["import"] == {"state": "done", "rows": 6, "expected": 6, "problem": ""}
    assert {event.campaign for event in house.room.told(LeadsAdded)} == {house.campaign}
    all_of_them = (await http.get(f"/api/v1/campaigns/{house.campaign}/lists", headers=supervisor)).json()
    assert all_of_them == {"lists": [done]}
    assert (await house.users.audited(1))[0].action == "list.import"


async def test_the_same_file_again_is_told_before_it_is_sent(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    await imported(house, http, supervisor, ORDERS)
    sums = (await send(house, http, supervisor, ORDERS, "/check")).json()["sums"]
    assert (sums["duplicate"], sums["accepted"], sums["needs_decision"]) == (5, 0, 0)


async def test_policies_and_columns_by_hand(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    content = "Кому звонить;Куда\n234-56-78;Москва\n"
    form = {"mapping": json.dumps({"phone": "Кому звонить", "town": "Куда"}), "ambiguous": "try"}
    done = await imported(house, http, supervisor, content, **form)
    assert done["sums"]["accepted"] == 1
    async with house.database.connection() as conn:
        numbers = await conn.fetch("select number from dialer.phone order by position")
    assert [row["number"] for row in numbers] == ["4952345678", "4992345678"]
    refused = (await send(house, http, supervisor, content, "/check", **{**form, "ambiguous": "refuse"})).json()
    assert refused["sums"]["reasons"] == {"AMBIGUOUS": 1}


async def test_columns_chosen_by_hand_are_remembered_for_the_project(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    content = "Кому звонить;Запас;Город\n9161234567;9167654321;Тула\n"
    chosen = {"Кому звонить": "phone", "ЗАПАС": "phone", "Город": ""}
    assert (await send(house, http, supervisor, content, "/check")).status_code == 422
    looked = (await send(house, http, supervisor, content, "/check", columns=json.dumps(chosen))).json()
    (first,) = looked["first"]
    assert (first["kind"], first["numbers"], first["fields"]) == (
        "accepted",
        ["9161234567", "9167654321"],
        {"Город": "Тула"},
    )
    assert (await send(house, http, supervisor, content, "/check")).status_code == 422, "a look is not remembered"
    await imported(house, http, supervisor, content, columns=json.dumps(chosen))
    again = (await send(house, http, supervisor, "кому звонить\n9161112233\n", "/check")).json()
    assert again["columns"] == [{"name": "кому звонить", "column": "phone"}]


async def test_an_undecided_lead_is_settled_by_a_click(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    done = await imported(house, http, supervisor, ORDERS)
    page = (await http.get(f"/api/v1/lists/{done['id']}/undecided?limit=1", headers=supervisor)).json()
    (boris,) = page["leads"]
    assert (boris["external_id"], boris["question"]) == ("A-2", "ambiguous")
    assert [one["number"] for one in boris["candidates"]] == ["4952345678", "4992345678"]
    following = f"/api/v1/lists/{done['id']}/undecided?after={page['next']}"
    (denis,) = (await http.get(following, headers=supervisor)).json()["leads"]
    house.room.events.clear()

    path = f"/api/v1/leads/{boris['lead']}/decision"
    assert (await http.post(path, headers=supervisor, json={"number": "4951111111"})).status_code == 422
    answer = await http.post(path, headers=supervisor, json={"number": "4992345678"})
    assert answer.json() == {"lead": boris["lead"], "ready": 1, "refused": 0, "duplicate": 0}
    lead = await lead_of(house, "A-2")
    assert (lead["state"], lead["number"], lead["phones"]) == ("ready", "4992345678", ["4992345678:5"])
    assert "candidates" not in json.loads(lead["fields"])
    assert [event.campaign for event in house.room.told(LeadsAdded)] == [house.campaign]
    assert (await http.post(path, headers=supervisor, json={"refuse": True})).status_code == 409

    answer = await http.post(f"/api/v1/leads/{denis['lead']}/decision", headers=supervisor, json={"refuse": True})
    assert answer.json()["refused"] == 1
    assert (await lead_of(house, "A-5"))["reason"] == "refused_by_person"
    assert (await http.get(f"/api/v1/lists/{done['id']}", headers=supervisor)).json()["undecided"] == 0


@pytest.mark.parametrize(
    ("rule", "counts", "phones"),
    [
        ("first", (2, 0, 0), ["4952345678:5"]),
        ("try", (2, 0, 0), ["4952345678:5", "4992345678:5"]),
        ("refuse", (0, 2, 0), []),
    ],
)
async def test_all_are_settled_at_once_by_rule(
    house: House,
    http: httpx.AsyncClient,
    supervisor: Headers,
    rule: str,
    counts: tuple[int, int, int],
    phones: list[str],
) -> None:
    done = await imported(house, http, supervisor, ORDERS)
    answer = await http.post(f"/api/v1/lists/{done['id']}/decisions", headers=supervisor, json={"rule": rule})
    assert tuple(answer.json().values()) == counts
    assert (await lead_of(house, "A-2"))["phones"] == phones
    page = await http.get(f"/api/v1/lists/{done['id']}/undecided", headers=supervisor)
    assert page.json() == {"leads": [], "next": None}


@pytest.mark.parametrize("is_done", [True, False])
async def test_who_was_decided_is_dialled_where_the_campaign_was_done(
    house: House, http: httpx.AsyncClient, supervisor: Headers, is_done: bool
) -> None:
    done = await imported(house, http, supervisor, ORDERS)
    lead = (await lead_of(house, "A-2"))["lead"]
    for path, body in (
        (f"/api/v1/leads/{lead}/decision", {"number": "4992345678"}),
        (f"/api/v1/lists/{done['id']}/decisions", {"rule": "first"}),
    ):
        await leave(house, "done" if is_done else "running")
        assert (await http.post(path, headers=supervisor, json=body)).json()["ready"] == 1
        assert woken(house) == is_done


async def test_nobody_is_dialled_for_a_lead_that_was_refused(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    done = await imported(house, http, supervisor, ORDERS)
    await leave(house, "done")
    path = f"/api/v1/lists/{done['id']}/decisions"
    assert (await http.post(path, headers=supervisor, json={"rule": "refuse"})).json()["refused"] == 2
    assert house.room.events == []


async def test_of_two_rows_that_become_one_number_one_is_called(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    content = "Телефон;Город;Имя\n234-56-78;Москва;Анна\n234 56 78 доб. 5;Москва;Анна\n+7 499 234-56-78;;Анна\n"
    done = await imported(house, http, supervisor, content)
    assert done["undecided"] == 2
    answer = await http.post(f"/api/v1/lists/{done['id']}/decisions", headers=supervisor, json={"rule": "first"})
    assert answer.json() == {"ready": 1, "refused": 0, "duplicate": 1}


async def test_a_paused_list_is_not_called_and_a_resumed_one_is(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    done = await imported(house, http, supervisor, ORDERS)
    for command, state, held in (("pause", "paused", True), ("resume", "active", False)):
        answer = await http.post(f"/api/v1/lists/{done['id']}/{command}", headers=supervisor)
        assert answer.json()["state"] == state
        async with house.database.connection() as conn:
            assert await conn.fetchval("select bool_and(held = $1) from dialer.lead", held)


BAD = {
    "no phones": ("Заказ;Сумма\n1;2\n".encode(), "unknown-columns", "no column holds phones"),
    "binary": (bytes(range(256)) * 40, "not-a-list", "not text"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), "not-a-list", "not text"),
    "empty": (b"", "not-a-list", "is empty"),
    "blank lines": (b"\n\n \n", "not-a-list", "no header row"),
    "one endless line": (b"phone;" + b"x" * (3 << 20), "not-a-list", "longer than 1024 KiB"),
    "a broken workbook": (b"PK\x03\x04" + bytes(100), "not-a-list", "cannot be read as a workbook"),
}


@pytest.mark.parametrize("how", ["", "/check"])
@pytest.mark.parametrize("name", BAD)
async def test_what_is_no_list_is_refused_in_words_and_nothing_is_written(
    house: House, http: httpx.AsyncClient, supervisor: Headers, name: str, how: str
) -> None:
    content, kind, words = BAD[name]
    answer = await send(house, http, supervisor, content, how)
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"].endswith(kind)
    assert words in answer.json()["detail"]
    assert answer.json()["cure"]
    assert await written(house) == 0


@pytest.mark.parametrize("how", ["", "/check"])
async def test_a_list_whose_reader_is_lost_may_be_sent_again(
    house: House, http: httpx.AsyncClient, supervisor: Headers, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    monkeypatch.setattr(house.ports.lists, "_plan", lambda: Plan(Path(), date(2026, 1, 1)))
    long = b"phone\n" + b"89123456789\n" * (LONG_BYTES // 12 + 1)
    with monkeypatch.context() as patched:
        patched.setattr(sys, "executable", "/bin/true")
        answer = await send(house, http, supervisor, long, how)
    assert answer.status_code == 503, answer.text
    assert "ended early" in answer.json()["detail"]
    assert "send the list again" in answer.json()["cure"]
    assert await written(house) == 0


async def test_files_that_wait_at_the_end_are_gone_from_the_disk(
    house: House, http: httpx.AsyncClient, supervisor: Headers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Phones lie in them; the same file sent again goes on. The fixture looks that the folder is empty."""
    reached = asyncio.Event()

    async def endless(*_: object, **__: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    monkeypatch.setattr("dialer.lists.import_list", endless)
    for number in range(3):
        assert (await send(house, http, supervisor, ORDERS, name=f"list {number}")).status_code == 202
    await reached.wait()
    assert len([name for name in os.listdir(tempfile.gettempdir()) if name.startswith("dialer-list-")]) == 3


async def test_the_columns_are_told_where_none_holds_phones(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    answer = await send(house, http, supervisor, "Заказ;Сумма\n1;2\n", "/check")
    assert [one["what"] for one in answer.json()["errors"]] == ["Заказ", "Сумма"]
    assert "--map" not in answer.text


async def test_a_line_in_another_encoding_costs_that_row_only(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    lines = [f"+7 916 123-45-{n:02};Анна".encode() for n in range(40)]
    lines[7] = "+7 916 123-45-07;Ольга".encode("cp1251")
    content = "Телефон;Имя\n".encode() + b"\n".join(lines)
    sums = (await send(house, http, supervisor, content, "/check")).json()["sums"]
    assert (sums["accepted"], sums["reasons"]) == (39, {"BAD_ENCODING": 1})


async def test_a_body_of_two_gigabytes_is_refused_before_it_is_read(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    async def body() -> AsyncIterator[bytes]:
        yield b"--x\r\n"

    headers = {**supervisor, "Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(2 << 30)}
    path = f"/api/v1/campaigns/{house.campaign}/lists"
    answer = await http.post(path, headers=headers, content=body())
    assert answer.status_code == 413
    assert await written(house) == 0


@pytest.mark.parametrize(
    ("form", "named"),
    [
        ({"mapping": "{"}, "mapping"),
        ({"mapping": "[1]"}, "mapping"),
        ({"ambiguous": "guess"}, "ambiguous"),
        ({"surprise": "1"}, "surprise"),
        ({"delimiter": ";;"}, "delimiter"),
        ({"encoding": "klingon"}, "klingon"),
        ({"encoding": "hex"}, "hex"),
        ({"mapping": '{"phone": "Нет такой"}'}, "Нет такой"),
        ({"mapping": '{"colour": "Телефон"}'}, "colour"),
        ({"columns": '{"Телефон": "colour"}'}, "colour"),
    ],
)
async def test_a_wrong_form_is_named(
    house: House, http: httpx.AsyncClient, supervisor: Headers, form: dict[str, str], named: str
) -> None:
    answer = await send(house, http, supervisor, ORDERS, **form)
    assert answer.status_code == 422, answer.text
    assert named in answer.text
    assert await written(house) == 0


async def test_a_request_without_a_file_is_422(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    path = f"/api/v1/campaigns/{house.campaign}/lists"
    for more in ({"json": {}}, {"data": {"file": "text"}}, {"content": b"x"}):
        assert (await http.post(path, headers=supervisor, **more)).status_code == 422
    broken = {**supervisor, "Content-Type": "multipart/form-data; boundary=x"}
    assert (await http.post(path, headers=broken, content=b"no form")).status_code in (400, 422)


@pytest.mark.parametrize("role", [Role.AGENT, Role.CLIENT, Role.INTEGRATOR])
async def test_only_who_writes_campaigns_may_bring_lists(house: House, http: httpx.AsyncClient, role: Role) -> None:
    headers = await house.token(role, projects=(house.project,))
    for how in ("", "/check"):
        assert (await send(house, http, headers, ORDERS, how)).status_code == 403
    assert await written(house) == 0


async def test_what_does_not_exist_is_404(http: httpx.AsyncClient, supervisor: Headers) -> None:
    assert (await http.get("/api/v1/lists/99", headers=supervisor)).status_code == 404
    assert (await http.post("/api/v1/lists/99/pause", headers=supervisor)).status_code == 404
    body = {"rule": "first"}
    assert (await http.post("/api/v1/lists/99/decisions", headers=supervisor, json=body)).status_code == 404
    assert (await http.get("/api/v1/campaigns/99/lists", headers=supervisor)).status_code == 404


CELLS = st.sampled_from(
    ["8 916 123-45-67", "+7 (495) 234-56-78", "234-56-78", "56-76-12", "нет", "", "0000000", "12-34", "8 916 000-00-01"]
)
ROWS = st.lists(st.tuples(st.sampled_from(["", "A-1", "A-2"]), CELLS, st.sampled_from(["Москва", "Калуга", ""])))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
async def test_what_is_tried_is_what_becomes_of_it(
    house: House, http: httpx.AsyncClient, supervisor: Headers, rows: list[tuple[str, str, str]]
) -> None:
    content = "Заказ;Телефон;Город;Сумма\n" + "".join(f"{order};{cell};{town};1\n" for order, cell, town in rows)
    tried = (await send(house, http, supervisor, content, "/check")).json()["sums"]
    before = {one["id"]: one["sums"] for one in await house_lists(house, http, supervisor)}
    done = await imported(house, http, supervisor, content)
    earlier = before.get(done["id"], dict.fromkeys(SUMS, 0) | {"reasons": {}})
    assert tried["rows"] == len(rows)
    for word in ("rows", "accepted", "duplicate", "needs_decision", "rejected"):
        assert done["sums"][word] - earlier[word] == tried[word]
    assert sum(done["sums"]["reasons"].values()) == done["sums"]["rejected"]


async def house_lists(house: House, http: httpx.AsyncClient, headers: Headers) -> list[Any]:
    answer = await http.get(f"/api/v1/campaigns/{house.campaign}/lists", headers=headers)
    found: list[Any] = answer.json()["lists"]
    return found


async def test_a_dry_run_accounts_for_every_row(house: House, http: httpx.AsyncClient, supervisor: Headers) -> None:
    path = f"/api/v1/campaigns/{house.campaign}/dry-run"
    empty = (await http.get(path, headers=supervisor)).json()
    assert (empty["rows"], empty["zones"]) == (0, [])
    await imported(house, http, supervisor, ORDERS)
    await http.post("/api/v1/do-not-call", headers=supervisor, json={"phone": "4842567612"})
    found = (await http.get(path, headers=supervisor)).json()
    reasons = {"ambiguous": 2, "duplicate": 1, "NO_DIGITS": 1, "do_not_call": 1}
    assert (found["rows"], found["callable"], found["reasons"]) == (6, 1, reasons)
    (zone,) = found["zones"]
    assert (zone["leads"], zone["opens_at"] is not None) == (1, True)
    assert found["text"].startswith("of 6 rows 1 can be called")


async def test_the_undecided_are_chosen_by_question_and_by_what_is_known_of_them(
    house: House, http: httpx.AsyncClient, supervisor: Headers
) -> None:
    rows = "A-1;792-34-86;Анна;Москва\nA-2;792-34-87;Борис;Москва\nA-3;9161111111, 8 999 999 99 98;Вера;\n"
    found = await imported(house, http, supervisor, f"Заказ;Телефон;ФИО;Город\n{rows}")
    path = f"/api/v1/lists/{found['id']}"

    async def shown(**only: str) -> list[str]:
        answer = await http.get(f"{path}/undecided", headers=supervisor, params=only)
        return [lead["external_id"] for lead in answer.json()["leads"]]

    assert await shown() == await shown(question="ambiguous") == await shown(text="МОСКВА") == ["A-1", "A-2"]
    assert (await shown(text="борис"), await shown(question="unallocated"), await shown(text="%")) == (["A-2"], [], [])
    body = {"rule": "first", "text": "A-2"}
    decided = (await http.post(f"{path}/decisions", headers=supervisor, json=body)).json()
    assert decided == {"ready": 1, "refused": 0, "duplicate": 0}
    assert await shown() == ["A-1"]
    assert (await http.get(f"{path}/undecided?question=why", headers=supervisor)).status_code == 422
