"""The report for machines: plain JSON, counts and the ratios made of them."""

from dataclasses import asdict

import orjson

from dialer.report.campaign import CampaignReport


def as_json(report: CampaignReport) -> bytes:
    """One object; keys as in `dialer.report.campaign`, ratios 0..1 or null, times in ISO 8601 with their offset."""
    data = asdict(report)
    data["totals"]["abandonment_ratio"] = report.totals.abandonment_ratio
    data["totals"]["occupancy_ratio"] = report.occupancy_ratio
    for row, agent in zip(data["agents"], report.agents, strict=True):
        row["occupancy_ratio"] = agent.occupancy_ratio
    for row, imported in zip(data["lists"], report.lists, strict=True):
        row["rows"] = imported.rows
    return orjson.dumps(data, option=orjson.OPT_INDENT_2)
