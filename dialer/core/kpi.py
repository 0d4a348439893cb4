"""A report as plain values: sheets of columns, each column with its formula and each share with its denominator.

Texts are pairs, Russian first. Shares are 0..1, durations seconds, money kopecks; None: nothing to divide by.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

Text: TypeAlias = tuple[str, str]
Cell: TypeAlias = str | int | float | date | None


class Kind(StrEnum):
    TEXT = "text"
    COUNT = "count"
    DECIMAL = "decimal"
    SHARE = "share"
    SECONDS = "seconds"
    KOPECKS = "kopecks"
    DAY = "day"
    WITHIN = "within"
    """Minutes as the upper bound of a class; None: later than all others."""


@dataclass(frozen=True, slots=True)
class Column:
    """`over`: this column is the first of these over the second, both columns of the same sheet."""

    key: str
    title: Text
    formula: Text
    kind: Kind = Kind.COUNT
    over: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A sheet before it is filled."""

    key: str
    title: Text
    columns: tuple[Column, ...]
    of_facts: bool = True
    """Its query reads the sums of attempts, `facts`; else tables of its own."""
    of_days: bool = False
    """Of the sums of attempts it reads those by day, `day_facts`: they have the columns that it needs."""
    gathers: tuple[str, ...] = ()
    """What else it reads of what is summed by watermark."""
    inside: bool = False
    """For the contact centre only, not for its clients."""
    is_single: bool = False
    """One row, to be read from top to bottom."""


@dataclass(frozen=True, slots=True)
class Sheet:
    plan: Plan
    rows: tuple[tuple[Cell, ...], ...]
    """Cells in the order of the columns."""
    sql: str
    """Gives these very numbers out of the ledger; runs as it stands in psql."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Campaigns of one project, and days in its zone, both included."""

    campaigns: Sequence[int]
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class KpiReport:
    asked: Asked
    sheets: tuple[Sheet, ...]
