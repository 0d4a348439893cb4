"""A pacing decision in a sentence. The strategy's own is Russian; the English one is made of the same figures."""

from collections.abc import Callable

from strategies.base import Decision, Limit


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _share(value: float) -> str:
    return f"{value:.0%}" if value >= 0.1 else f"{value:.1%}"


PHRASES: dict[str, tuple[str, Callable[[float], str]]] = {
    "free_agents": ("free {}", _number),
    "free_soon": ("{} come free within 11 s", _number),
    "ringing_calls": ("ringing {}", _number),
    "waiting_calls": ("waiting {}", _number),
    "ratio": ("{} calls for each free agent", _number),
    "answer_ratio": ("answer {}", _share),
    "budget_calls": ("budget {}", _number),
    "risk": ("risk of the next call {}", _share),
    "theta": ("worth taking up to {}", _share),
    "progressive": ("no room for risk: as progressive", _number),
    "held": ("no more are kept in flight", _number),
}
"""What is said of each input that our strategies name; a third party's stand by their names."""

LIMITS = {
    Limit.LINES: "free lines",
    Limit.CALLS_PER_SECOND: "calls per second",
    Limit.NO_AGENTS: "no agents",
    Limit.SHARE: "a campaign with less than its share goes first",
    Limit.CEILING: "the hard ceiling of abandonment",
    Limit.NEIGHBOURS_CEILING: "the hard ceiling of another campaign on these agents",
}


def sentence(decision: Decision, *, english: bool = False) -> str:
    """Why so many calls are started: «свободно 2, …, бюджет 5 → набрать 4», or the same in English."""
    if not english:
        return decision.reason
    inputs = sorted(decision.inputs, key=_place)
    figures = [_phrase(name, value) for name, value in inputs] or [decision.strategy or "no figures"]
    wish = f"{', '.join(figures)} → dial {decision.wished}"
    if decision.limited_by is Limit.NONE:
        return wish
    return f"{wish}; limit: {LIMITS[decision.limited_by]} → dial {decision.calls_to_start}"


def _place(figure: tuple[str, float]) -> int:
    """Where it stands in the sentence: the books keep no order."""
    return list(PHRASES).index(figure[0]) if figure[0] in PHRASES else len(PHRASES)


def _phrase(name: str, value: float) -> str:
    words, written = PHRASES.get(name, (f"{name} {{}}", "{:g}".format))
    return words.format(written(value))
