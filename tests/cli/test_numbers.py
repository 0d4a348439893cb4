"""`dialer numbers` as a user runs it: a file in, rows out; no database and no settings."""

import csv
import io
import json

import pytest

from dialer.cli import execute
from dialer.cli.exits import ExitCode

COLUMNS = [
    *("row", "input", "status", "number", "ext", "candidates", "region"),
    *("place", "zone", "utc_offset", "kind", "reason", "source"),
]
LIST = """ФИО;Телефон;Индекс;Город
Иванов;8 (495) 234-56-78, 8 916 123-45-67;;
Петров;56-76-12;;Калуга
Сидоров;792-34-86;115035;Москва
Котов;;;
Белов;8 800 555-12-91;;Омск
;;;
Серов;12-34;;Уфа
"""


@pytest.fixture
def clients(tmp_path, monkeypatch):
    monkeypatch.setenv("DIALER_CONFIG", str(tmp_path / "none.toml"))
    monkeypatch.setenv("DIALER_NUMBERS__PLAN_DIR", str(tmp_path / "plan"))
    path = tmp_path / "clients.csv"
    path.write_text(LIST, "cp1251")
    return path


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_columns_are_the_published_ones(clients, capsys):
    assert execute(["numbers", str(clients)]) == ExitCode.DONE
    assert capsys.readouterr().out.splitlines()[0].split(",") == COLUMNS


def test_a_row_for_each_number_found_and_one_where_there_is_none(clients, capsys):
    execute(["numbers", str(clients)])
    rows = rows_of(capsys.readouterr().out)
    assert [(row["row"], row["status"], row["number"], row["reason"]) for row in rows] == [
        ("1", "ok", "4952345678", ""),
        ("1", "ok", "9161234567", ""),
        ("2", "restored", "4842567612", ""),
        ("3", "ambiguous", "", ""),
        ("4", "rejected", "", "EMPTY"),
        ("5", "ok", "8005551291", "TOLLFREE"),
        ("6", "rejected", "", "EMPTY"),
        ("7", "rejected", "", "TOO_SHORT"),
    ]
    assert rows[2]["input"] == "56-76-12"
    assert (rows[2]["region"], rows[2]["place"], rows[2]["source"]) == ("Калужская область", "г. Калуга", "town")
    assert (rows[2]["zone"], rows[2]["utc_offset"], rows[2]["kind"]) == ("Europe/Moscow", "3", "fixed")
    assert rows[3]["candidates"] == "4957923486|4997923486"
    assert (rows[5]["kind"], rows[5]["zone"], rows[5]["utc_offset"]) == ("tollfree", "Asia/Omsk", "6")


def test_json_holds_the_same(clients, capsys):
    execute(["numbers", str(clients)])
    table = rows_of(capsys.readouterr().out)
    assert execute(["numbers", str(clients), "--json"]) == ExitCode.DONE
    objects = json.loads(capsys.readouterr().out)
    assert [{name: str(value) for name, value in row.items()} for row in objects] == table


def test_json_of_an_empty_list_is_an_empty_array(tmp_path, clients, capsys):
    clients.write_text("Телефон\n", "utf-8")
    assert execute(["numbers", str(clients), "--json"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out) == []


def test_written_to_a_file(clients, tmp_path, capsys):
    out = tmp_path / "out.csv"
    assert execute(["numbers", str(clients), "-o", str(out)]) == ExitCode.DONE
    assert capsys.readouterr().out == ""
    assert len(rows_of(out.read_text("utf-8"))) == 8


def test_columns_given_by_name(tmp_path, clients, capsys):
    clients.write_text("a,b,c,d\n56-76-12,,Калуга,\n22-44-40,173000,,\n234-56-78,,,\n", "utf-8")
    arguments = ["--phone", "a", "--postcode", "b", "--town", "c", "--region", "d"]
    assert execute(["numbers", str(clients), *arguments]) == ExitCode.DONE
    assert [row["number"] for row in rows_of(capsys.readouterr().out)] == ["4842567612", "8162224440", ""]


def test_region_and_zone_columns_speak(clients, capsys):
    clients.write_text("phone,town,region,zone\n65-02-82,Киров,Кировская область,\n8 916 123-45-67,,,МСК+3\n", "utf-8")
    execute(["numbers", str(clients)])
    first, second = rows_of(capsys.readouterr().out)
    assert (first["number"], first["zone"]) == ("8332650282", "Europe/Kirov")
    assert (second["zone"], second["utc_offset"]) == ("Asia/Omsk", "6")


@pytest.mark.parametrize(
    ("content", "told"),
    [("имя;город\nИванов;Омск\n", "no column holds phones"), ("", "is empty")],
)
def test_what_is_no_list_of_phones_is_refused_with_the_cure(clients, capsys, content, told):
    clients.write_text(content, "utf-8")
    assert execute(["numbers", str(clients)]) == ExitCode.INPUT
    assert told in capsys.readouterr().err


def test_a_file_that_is_not_there(clients, capsys):
    assert execute(["numbers", str(clients) + ".nowhere"]) == ExitCode.INPUT
    assert "there is no file" in capsys.readouterr().err


def test_a_folder_that_is_not_there_for_the_result(clients, capsys):
    assert execute(["numbers", str(clients), "-o", "/nowhere/out.csv"]) == ExitCode.INPUT
    assert "cannot be written" in capsys.readouterr().err


def test_an_imported_plan_decides(clients, tmp_path, capsys):
    plan = tmp_path / "ABC-4xx.2026-11-01.csv"
    header = "АВС/ DEF;От;До;Емкость;Оператор;Регион\n"
    plan.write_text(header + "499;7920000;7929999;10000;А;г. Москва\n", "utf-8")
    assert execute(["plan", "import", str(plan), "--force"]) == ExitCode.DONE
    capsys.readouterr()
    clients.write_text("phone,town\n792-34-86,Москва\n", "utf-8")
    execute(["numbers", str(clients)])
    (row,) = rows_of(capsys.readouterr().out)
    assert (row["number"], row["source"]) == ("4997923486", "plan")
