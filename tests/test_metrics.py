"""Metrics: Prometheus' own checker accepts them, their labels are bounded, each is explained."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dialer import metrics
from dialer.core.callers import Caller
from dialer.core.effects import CallTimes, Settle
from dialer.core.ids import AttemptId, CampaignId, LeadId, ProjectId
from dialer.core.outcome import LeadState, LeadStep, Outcome
from dialer.core.states import AgentState, CallState
from dialer.meter import Meter
from tests.core.playbook import Play
from tests.promtool import promtool

PAGE = Path(__file__).parents[1] / "docs" / "metrics.md"


def settle(outcome: Outcome = Outcome.ABANDONED, **flags: bool) -> Settle:
    return Settle(
        attempt=AttemptId("a"),
        lead=LeadId("l"),
        campaign=CampaignId(1),
        outcome=outcome,
        step=LeadStep(LeadState.WAITING, "abandoned", 1.0),
        times=CallTimes(0.0),
        **flags,
    )


def value(name: str, **labels: str) -> float | None:
    return metrics.REGISTRY.get_sample_value(name, labels)


@pytest.fixture
def a_shift() -> Iterator[None]:
    """Every family has a sample, so that the checker sees it whole."""
    metrics.attempt_settled(settle(abandoned=True), "orders", "carrier")
    metrics.ORIGINATES.labels("orders", "main", "carrier").inc()
    metrics.CALLER_CALLS.labels("north", "busy").inc()
    metrics.DIAL_RATE.labels("orders").set(0.5)
    metrics.show_calls("orders", {CallState.RINGING: 3})
    metrics.ANSWER_TO_BRIDGE.labels("main").observe(0.003)
    metrics.ABANDONMENT.labels("orders").set(0.01)
    metrics.ABANDONMENT_CEILING.labels("orders").set(0.03)
    metrics.show_leads("orders", {LeadState.READY: 100})
    metrics.LEAD_FIRST_CALL.labels("orders").observe(300)
    metrics.show_agents({AgentState.READY: 5})
    metrics.AMI_UP.labels("main").set(1)
    metrics.TRUNK_UP.labels("carrier").set(1)
    metrics.TRUNK_LINES.labels("carrier", "used").set(3)
    metrics.ORPHANS.labels("attempt").set(0)
    metrics.ALARMS.labels("trunk_dead").inc()
    yield
    metrics.forget_campaign("orders")


@pytest.mark.usefixtures("a_shift")
def test_prometheus_own_checker_has_nothing_to_say() -> None:
    checked = promtool("check", "metrics", given=metrics.render())
    assert (checked.returncode, checked.stdout, checked.stderr) == (0, "", "")


def test_the_checker_would_have_said_something() -> None:
    checked = promtool("check", "metrics", given=b"# TYPE dialer_calls_count counter\ndialer_calls_count 1\n")
    assert checked.returncode != 0


@pytest.mark.usefixtures("a_shift")
def test_labels_come_from_the_closed_list() -> None:
    for family in metrics.REGISTRY.collect():
        for sample in family.samples:
            assert set(sample.labels) - {"le"} <= metrics.LABELS, sample


def test_an_abandoned_call_is_counted_with_its_kind() -> None:
    for flags, reason in (({}, "message"), ({"caller_left": True}, "caller_left"), ({"silent": True}, "silent")):
        before = value("dialer_abandoned_total", campaign="kinds", reason=reason) or 0
        metrics.attempt_settled(settle(abandoned=True, **flags), "kinds", "carrier")
        assert value("dialer_abandoned_total", campaign="kinds", reason=reason) == before + 1
    metrics.attempt_settled(settle(Outcome.BUSY), "kinds", "carrier")
    assert value("dialer_attempts_total", campaign="kinds", trunk="carrier", outcome="busy") == 1
    assert value("dialer_attempts_total", campaign="kinds", trunk="carrier", outcome="abandoned") == 3


def test_a_callers_number_is_counted_by_its_name_and_only_where_it_was_shown() -> None:
    shown = Caller(1, ProjectId(1), "74951000001", "moscow")
    meter = Meter(Play(callers=(shown,)).floor)
    perform = meter.performers()[Settle]
    dialled, unsent = CallTimes(0.0, dialled_at=1.0), CallTimes(0.0)
    for number, times in ((shown.number, dialled), (shown.number, unsent), ("74950000000", dialled), (None, dialled)):
        perform(replace(settle(Outcome.BLOCKED), caller=number, times=times))
    assert value("dialer_caller_calls_total", caller="moscow", outcome="blocked") == 1
    assert value("dialer_caller_calls_total", caller="", outcome="blocked") == 1
    assert "7495" not in metrics.render().decode()


def test_a_state_that_empties_goes_to_zero() -> None:
    metrics.show_agents({AgentState.TALKING: 2})
    metrics.show_agents({AgentState.WRAP_UP: 2})
    assert value("dialer_agents", state="talking") == 0
    assert value("dialer_agents", state="wrap_up") == 2


def test_leads_are_shown_in_every_state() -> None:
    metrics.show_leads("shown", {LeadState.WAITING: 7})
    assert value("dialer_leads", campaign="shown", state="waiting") == 7
    assert value("dialer_leads", campaign="shown", state="ready") == 0
    metrics.forget_campaign("shown")


def test_a_campaign_that_is_gone_leaves_no_gauge() -> None:
    metrics.show_calls("gone", {CallState.RINGING: 1})
    metrics.ABANDONMENT.labels("gone").set(0.1)
    metrics.ANSWERS_FORESEEN.labels("gone").set(12.5)
    metrics.forget_campaign("gone")
    assert value("dialer_calls", campaign="gone", state="ringing") is None
    assert value("dialer_abandonment_ratio", campaign="gone") is None
    assert value("dialer_answers_foreseen", campaign="gone") is None
    metrics.forget_campaign("never was")


def test_every_metric_is_explained_in_the_manual() -> None:
    page = PAGE.read_text(encoding="utf-8")
    families = [family for family in metrics.REGISTRY.collect() if family.name.startswith("dialer_")]
    names = [family.name + ("_total" if family.type == "counter" else "") for family in families]
    assert len(names) > 20
    assert [name for name in names if f"| `{name}` |" not in page] == []


def test_the_page_lists_the_states_that_there_are() -> None:
    rows = {row.split("|")[1].strip(" `"): row for row in PAGE.read_text(encoding="utf-8").splitlines() if "|" in row}
    for name, states in (("dialer_calls", set(CallState) - {CallState.SETTLED}), ("dialer_agents", set(AgentState))):
        assert set(re.findall(r"`(\w+)`", rows[name].split("|")[3])) == states
