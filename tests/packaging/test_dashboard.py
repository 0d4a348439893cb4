"""The Grafana dashboard: each of its queries is a query to Prometheus' own checker, on metrics that exist."""

import json
import re
from pathlib import Path

from dialer.metrics import LABELS, REGISTRY
from tests.promtool import promtool

DASHBOARD = json.loads((Path(__file__).parents[2] / "packaging" / "grafana-dashboard.json").read_text())
EXPRESSIONS = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_every_query_is_one(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    recorded = [{"record": f"test:query:{place}", "expr": query} for place, query in enumerate(EXPRESSIONS)]
    rules.write_text(json.dumps({"groups": [{"name": "dashboard", "rules": recorded}]}))  # JSON is YAML
    checked = promtool("check", "rules", rules)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(EXPRESSIONS)} rules found" in checked.stdout


def test_every_query_asks_for_what_exists() -> None:
    families = {family.name for family in REGISTRY.collect()}
    for query in EXPRESSIONS:
        for name in re.findall(r"dialer_\w+", query):
            assert re.sub(r"_(total|bucket)$", "", name) in families
        for label in re.findall(r"[{,](\w+)=", query) + re.findall(r"by \((\w+)\)", query):
            assert label in LABELS | {"le"}


def test_every_legend_names_a_label_and_no_two_panels_lie_over_one_another() -> None:
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= LABELS
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in DASHBOARD["panels"]]
    assert len(set(places)) == len(places)
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
