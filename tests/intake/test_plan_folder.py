import threading
from datetime import date

import pytest

from dialer.core.numbering.defaults import POSTCODES_FILE, default_plan, default_regions
from dialer.core.numbering.planfile import BadPlanFile
from dialer.intake.plan_build import SourceFile, compile_plan
from dialer.intake.plan_folder import LiveNumbering, PlanFolder

TODAY = date(2026, 11, 21)
LOCAL = "792-34-86"


def moscow_plan(code: str):
    """A fresh plan in which one of Moscow's two codes has the number allotted."""
    text = f"АВС/ DEF;От;До;Емкость;Оператор;Регион\n{code};7920000;7929999;10000;А;г. Москва\n"
    file = SourceFile("ABC-4xx.csv", text.encode(), date(2026, 11, 1), "the test")
    return compile_plan([file], default_regions(), default_plan())[0]


def restored(live) -> str:
    return live.check(LOCAL, town="Москва")[0].number


def test_without_a_folder_the_shipped_tables_answer():
    live = LiveNumbering(None, TODAY)
    assert live.check("56-76-12", town="Калуга")[0].number == "4842567612"
    assert live.refresh(TODAY) == ""


def test_an_imported_plan_is_taken_up_and_a_fresh_one_decides_between_codes(tmp_path):
    folder = PlanFolder(tmp_path / "plan")
    live = LiveNumbering(folder, TODAY)
    assert restored(live) == ""
    folder.put_plan(moscow_plan("499"))
    assert live.refresh(TODAY) == ""
    assert restored(live) == "4997923486"
    assert live.check(LOCAL, town="Москва")[0].source == "plan"


def test_a_plan_of_more_than_a_year_decides_no_more(tmp_path):
    folder = PlanFolder(tmp_path)
    folder.put_plan(moscow_plan("499"))
    live = LiveNumbering(folder, TODAY)
    assert restored(live) == "4997923486"
    live.refresh(date(2027, 11, 2))
    assert live.check(LOCAL, town="Москва")[0].candidates == ("4997923486", "4957923486")


def test_a_damaged_plan_leaves_the_one_before(tmp_path):
    folder = PlanFolder(tmp_path)
    folder.put_plan(moscow_plan("495"))
    live = LiveNumbering(folder, TODAY)
    (tmp_path / "plan.bin").write_bytes(b"half a file")
    assert "stays" in live.refresh(TODAY)
    assert restored(live) == "4957923486"
    assert live.refresh(TODAY) == "", "told once"
    with pytest.raises(BadPlanFile):
        LiveNumbering(folder, TODAY)


def test_nothing_is_left_beside_the_table_when_it_is_replaced(tmp_path):
    folder = PlanFolder(tmp_path)
    folder.put_plan(moscow_plan("495"))
    folder.put_plan(moscow_plan("499"))
    assert [path.name for path in tmp_path.iterdir()] == ["plan.bin"]


def test_the_postcode_table_may_be_replaced_alone(tmp_path):
    folder = PlanFolder(tmp_path)
    shipped = folder.gazetteer()
    assert shipped is not None
    folder.put_gazetteer(shipped)
    assert (tmp_path / POSTCODES_FILE).is_file()
    assert LiveNumbering(folder, TODAY).check("56-76-12", "248001")[0].number == "4842567612"


def test_readers_see_the_old_plan_or_the_new_while_it_is_swapped(tmp_path):
    folder = PlanFolder(tmp_path)
    plans = {code: moscow_plan(code) for code in ("495", "499")}
    folder.put_plan(plans["495"])
    live = LiveNumbering(folder, TODAY)
    seen: set[str] = set()
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            seen.add(restored(live))

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for code in ("499", "495", "499"):
            folder.put_plan(plans[code])
            assert live.refresh(TODAY) == ""
    finally:
        done.set()
        reader.join()
    assert seen <= {"4957923486", "4997923486"}
    assert restored(live) == "4997923486"
