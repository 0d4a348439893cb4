"""The alert rules: Prometheus accepts them, their own tests pass, and they speak of metrics that exist."""

import re
from pathlib import Path

from dialer.metrics import REGISTRY
from tests.promtool import promtool

PACKAGING = Path(__file__).parents[2] / "packaging"
RULES = PACKAGING / "dialer-alerts.yml"


def test_the_rules_are_rules() -> None:
    checked = promtool("check", "rules", RULES)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_each_rule_fires_when_it_should_and_only_then() -> None:
    tested = promtool("test", "rules", PACKAGING / "dialer-alerts.test.yml")
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_each_rule_has_a_test_and_each_metric_exists() -> None:
    rules, tests = RULES.read_text(), (PACKAGING / "dialer-alerts.test.yml").read_text()
    for alert in re.findall(r"alert: (\w+)", rules):
        assert f"alertname: {alert}" in tests
    families = {family.name for family in REGISTRY.collect()}
    for expression in re.findall(r"expr: (.*)", rules):
        for name in re.findall(r"dialer_\w+", expression):
            assert re.sub(r"_(total|bucket)$", "", name) in families
