"""A plan that is taken up while calls are led: nothing of the old one is left, and a new day builds none."""

import gc
import weakref
from datetime import date, timedelta
from pathlib import Path

from dialer.intake.plan_folder import LiveNumbering, PlanFolder
from dialer.memory import take_up_plan

TODAY = date(2026, 11, 22)


def test_plan_after_plan_nothing_of_the_old_ones_is_left(tmp_path: Path) -> None:
    folder = PlanFolder(tmp_path)
    live = LiveNumbering(folder, TODAY)
    for _ in range(2):
        assert live.check("56-76-12", town="Калуга")[0].number == "4842567612"
        old = weakref.ref(live.current)
        folder.put_plan(folder.plan())
        assert take_up_plan(live, TODAY) == ""
        assert old() is None
        assert gc.isenabled()


def test_a_new_day_builds_nothing(tmp_path: Path) -> None:
    live = LiveNumbering(PlanFolder(tmp_path), TODAY)
    tables = live.current.plan
    assert take_up_plan(live, TODAY + timedelta(days=1)) == ""
    assert live.current.plan is tables


def test_a_damaged_plan_leaves_the_collector_at_work(tmp_path: Path) -> None:
    live = LiveNumbering(PlanFolder(tmp_path), TODAY)
    (tmp_path / "plan.bin").write_bytes(b"half a file")
    assert "stays" in take_up_plan(live, TODAY)
    assert gc.isenabled()
