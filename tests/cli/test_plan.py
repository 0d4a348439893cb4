import json
import zipfile

import pytest

from dialer.cli import execute
from dialer.cli.exits import ExitCode

HEADER = "АВС/ DEF;От;До;Емкость;Оператор;Регион\n"
ONE_ROW = HEADER + "916;0000000;0099999;100000;М;Омская обл.\n"


@pytest.fixture
def plan_dir(tmp_path, monkeypatch):
    monkeypatch.setenv("DIALER_CONFIG", str(tmp_path / "dialer.toml"))
    monkeypatch.delenv("DIALER_NUMBERS__PLAN_DIR", raising=False)
    return tmp_path / "plan"


def source(tmp_path, text: str, name: str = "DEF-9xx.2026-11-01.csv") -> str:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return str(path)


def test_status_of_the_shipped_tables_names_source_date_and_count_and_warns(plan_dir, capsys):
    assert execute(["plan", "status", "--plan-dir", str(plan_dir)]) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "ABC-3xx    2015-10-08" in out
    assert "DEF-9xx" in out
    assert "older than half a year: ABC-3xx, ABC-4xx, ABC-8xx" in out


def test_an_import_that_shrinks_the_plan_is_refused_and_changes_nothing(plan_dir, tmp_path, capsys):
    assert execute(["plan", "import", source(tmp_path, ONE_ROW), "--plan-dir", str(plan_dir)]) == ExitCode.INPUT
    assert "is the file whole?" in capsys.readouterr().err
    assert not plan_dir.exists()


def test_forced_it_is_taken_with_a_report(plan_dir, tmp_path, capsys):
    bad = ONE_ROW + "916;0200000;0299999;5;М;Омская обл.\n"
    command = ["plan", "import", source(tmp_path, bad), "--plan-dir", str(plan_dir), "--force"]
    assert execute(command) == ExitCode.DONE
    out = capsys.readouterr().out
    assert "1 rows" in out
    assert "DEF-9xx: 100,000 numbers allotted" in out
    assert "left out: the capacity is not To − From + 1: 1" in out
    assert execute(["plan", "status", "--plan-dir", str(plan_dir), "--json"]) == ExitCode.DONE
    parts = {part["part"]: part for part in json.loads(capsys.readouterr().out)}
    assert (parts["DEF-9xx"]["published"], parts["DEF-9xx"]["count"]) == ("2026-11-01", 100_000)
    assert parts["ABC-3xx"]["published"] == "2015-10-08"


def test_the_date_may_be_given_and_the_report_be_json(plan_dir, tmp_path, capsys):
    command = ["plan", "import", source(tmp_path, ONE_ROW), "--plan-dir", str(plan_dir), "--force", "--json"]
    assert execute([*command, "--published", "2026-10-05"]) == ExitCode.DONE
    assert json.loads(capsys.readouterr().out)["plan"]["files"] == {"DEF-9xx.2026-11-01.csv": 1}
    execute(["plan", "status", "--plan-dir", str(plan_dir)])
    assert "2026-10-05" in capsys.readouterr().out


def test_postcodes_are_told_by_their_columns_and_imported_alone(plan_dir, tmp_path, capsys):
    offices = source(tmp_path, "INDEX,REGION,CITY\n248001,Калужская область,Калуга\n", "post_22.06.2026.csv")
    assert execute(["plan", "import", offices, "--plan-dir", str(plan_dir)]) == ExitCode.DONE
    assert "postcodes: 1 in 1 places" in capsys.readouterr().out
    assert [path.name for path in plan_dir.iterdir()] == ["postcodes.bin"]
    execute(["plan", "status", "--plan-dir", str(plan_dir), "--json"])
    assert json.loads(capsys.readouterr().out)[-1]["published"] == "2026-06-22"


def test_an_archive_may_hold_both(plan_dir, tmp_path, capsys):
    path = tmp_path / "all.2026-11-01.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("DEF-9xx.csv", ONE_ROW)
        archive.writestr("post.csv", "INDEX,REGION,CITY\n248001,Калужская область,Калуга\n")
    assert execute(["plan", "import", str(path), "--plan-dir", str(plan_dir), "--force"]) == ExitCode.DONE
    assert sorted(path.name for path in plan_dir.iterdir()) == ["plan.bin", "postcodes.bin"]
    assert "all.2026-11-01.zip/DEF-9xx.csv: 1 rows" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "told"), [("<html>502</html>", "web page"), ("a;b\n1;2\n", "no row of a numbering plan")]
)
def test_what_is_no_plan_is_refused(plan_dir, tmp_path, capsys, text, told):
    assert execute(["plan", "import", source(tmp_path, text), "--plan-dir", str(plan_dir)]) == ExitCode.INPUT
    assert told in capsys.readouterr().err
    assert not plan_dir.exists()


def test_a_damaged_table_is_told_with_the_cure(plan_dir, capsys):
    plan_dir.mkdir()
    (plan_dir / "plan.bin").write_bytes(b"nonsense")
    assert execute(["plan", "status", "--plan-dir", str(plan_dir)]) == ExitCode.INPUT
    assert "import the plan again" in capsys.readouterr().err


def test_the_folder_of_the_settings_is_used(plan_dir, tmp_path, capsys):
    (tmp_path / "dialer.toml").write_text(f'[numbers]\nplan_dir = "{plan_dir}"\n', "utf-8")
    assert execute(["plan", "import", source(tmp_path, ONE_ROW), "--force"]) == ExitCode.DONE
    assert (plan_dir / "plan.bin").is_file()
