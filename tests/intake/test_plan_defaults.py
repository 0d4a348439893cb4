import gzip
import sys

import pytest

from dialer.core.numbering.planfile import unpack_gazetteer, unpack_plan
from dialer.intake import plan_defaults

PLAN = "АВС/ DEF;От;До;Емкость;Оператор;Регион\n301;2110000;2129999;20000;А;г. Улан-Удэ\n"
OFFICES = "postcode,region,autonom,area,city,city1\n670000,Бурятия Республика,,,Улан-Удэ,\n"


@pytest.fixture
def build(tmp_path, monkeypatch):
    (tmp_path / "ABC-3xx.2015-10-08.csv.gz").write_bytes(gzip.compress(PLAN.encode()))
    (tmp_path / "post.csv").write_text(OFFICES, "utf-8")

    def run(*arguments: str) -> None:
        monkeypatch.setattr(sys, "argv", ["plan_defaults", "--out", str(tmp_path), *arguments])
        plan_defaults.main()

    return run


def test_the_tables_are_built_and_the_same_files_give_the_same_bytes(build, tmp_path):
    command = ["--plan", str(tmp_path / "ABC-3xx.2015-10-08.csv.gz"), "--postcodes", str(tmp_path / "post.csv")]
    build(*command, "--postcodes-published", "2026-06-22")
    plan, offices = (tmp_path / "plan.bin").read_bytes(), (tmp_path / "postcodes.bin").read_bytes()
    build(*command, "--postcodes-published", "2026-06-22")
    assert (tmp_path / "plan.bin").read_bytes() == plan
    assert (tmp_path / "postcodes.bin").read_bytes() == offices
    section = unpack_plan(plan).sections["3"]
    assert (section.published.isoformat(), section.rows) == ("2015-10-08", 1)
    assert section.source == plan_defaults.OLD_PLAN_SOURCE
    assert unpack_gazetteer(offices).postcodes == ("670000",)


def test_a_name_without_a_date_is_refused(build, tmp_path):
    (tmp_path / "plan.csv").write_text(PLAN, "utf-8")
    with pytest.raises(SystemExit, match="date of publication"):
        build("--plan", str(tmp_path / "plan.csv"))
