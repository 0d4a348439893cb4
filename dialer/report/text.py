"""The report for a person at a terminal: a few tables, every share with what it is a share of."""

from collections.abc import Iterable

from rich.console import Console, Group, JustifyMethod, RenderableType
from rich.table import Table

from dialer.report.campaign import CampaignReport, ratio

PERSONS = "answered by a person"
NOTE = "share"
"""A column of words, set to the left; figures are set to the right."""


def as_text(report: CampaignReport, width: int | None = None, colour: bool = False) -> str:
    """All tables as text, `width` columns wide at most (the terminal's where None)."""
    console = Console(width=width, force_terminal=colour or None, highlight=False)
    with console.capture() as captured:
        console.print(tables(report))
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def tables(report: CampaignReport) -> Group:
    """The report as something that rich can print."""
    parts = [_heading(report), _totals(report), _outcomes(report), _reach(report)]
    if report.dispositions:
        parts.append(_dispositions(report))
    if report.agents:
        parts.append(_agents(report))
    if report.lists:
        parts.append(_lists(report))
    return Group(*parts)


def _heading(report: CampaignReport) -> RenderableType:
    campaign = report.campaign
    return f"[bold]{campaign.project}: {campaign.name}[/bold] (№ {campaign.id}, {campaign.mode}, {campaign.state})\n"


def _totals(report: CampaignReport) -> Table:
    totals = report.totals
    return _table(
        "Calls",
        ("", "count", NOTE),
        [
            ("attempts", totals.attempts, ""),
            ("  still live", totals.live, ""),
            ("  dialled", totals.dialled, _of(totals.dialled, totals.attempts, "attempts")),
            ("answered", totals.answered, _of(totals.answered, totals.dialled, "dialled")),
            ("  by a person", totals.answered_by_person, _of(totals.answered_by_person, totals.answered, "answered")),
            ("connected", totals.connected, _of(totals.connected, totals.answered_by_person, PERSONS)),
            ("abandoned", totals.abandoned, _of(totals.abandoned, totals.answered_by_person, PERSONS)),
            ("  the ceiling", "", f"{percent(report.campaign.ceiling_ratio)} of {PERSONS}"),
            ("  left before the message", totals.caller_left, ""),
            ("  heard nothing (silent)", totals.silent, ""),
            ("  joined late", totals.late_joined, ""),
            ("leads tried", totals.leads_tried, ""),
            ("leads reached", totals.leads_reached, _of(totals.leads_reached, totals.leads_tried, "leads tried")),
            ("talk", clock(totals.talk_s), ""),
            ("answer to agent, median", _ms(totals.wait_median_s), ""),
            ("answer to agent, p99", _ms(totals.wait_p99_s), ""),
            ("occupancy of the agents", percent(report.occupancy_ratio), ""),
        ],
    )


def _outcomes(report: CampaignReport) -> Table:
    settled = sum(report.outcomes.values())
    rows = [(name, count, percent(ratio(count, settled))) for name, count in report.outcomes.items()]
    return _table("Outcomes", ("outcome", "attempts", "of settled"), [*rows, ("all", settled, "")])


def _reach(report: CampaignReport) -> Table:
    return _table(
        "Reach by attempt",
        ("attempt", "leads tried", "reached", "of leads", "of attempts"),
        [
            (
                str(step.attempt_no),
                step.leads,
                step.leads_reached,
                percent(ratio(step.leads_reached, step.leads)),
                percent(ratio(step.leads_reached, step.attempts)),
            )
            for step in report.reach
        ],
    )


def _dispositions(report: CampaignReport) -> Table:
    said = sum(disposition.attempts for disposition in report.dispositions)
    rows = [(d.label, d.attempts, percent(ratio(d.attempts, said))) for d in report.dispositions]
    return _table("Dispositions", ("disposition", "calls", "of disposed"), rows)


def _agents(report: CampaignReport) -> Table:
    return _table(
        "Agents",
        ("agent", "connected", "talk", "wrap-up", "idle", "paused", "occupancy"),
        [
            (
                str(agent.agent),
                agent.connected,
                clock(agent.talk_s),
                clock(agent.wrap_up_s),
                clock(agent.idle_s),
                clock(agent.paused_s),
                percent(agent.occupancy_ratio),
            )
            for agent in report.agents
        ],
    )


def _lists(report: CampaignReport) -> Table:
    return _table(
        "Lists",
        ("list", "rows", "accepted", "duplicate", "decision", "rejected"),
        [(x.name, x.rows, x.accepted, x.duplicate, x.needs_decision, x.rejected) for x in report.lists],
    )


def _table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for place, column in enumerate(columns):
        justify: JustifyMethod = "left" if place == 0 or column == NOTE else "right"
        table.add_column(column, justify=justify, header_style="dim")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    table.add_row("")
    return table


def percent(share: float | None) -> str:
    """`3.4 %`; a dash where there was nothing to take a share of."""
    return "–" if share is None else f"{share * 100:.1f} %"


def clock(seconds: float) -> str:
    """`1:02:03`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _of(part: int, whole: int, of_what: str) -> str:
    return f"{percent(ratio(part, whole))} of {of_what}"


def _ms(seconds: float | None) -> str:
    return "–" if seconds is None else f"{seconds * 1000:.0f} ms"
