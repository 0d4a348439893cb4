"""Figures as Russian sentences write them: the decimal comma, the percent sign after a space."""


def figure(value: float) -> str:
    """«4», «1,3»: one decimal, and none where it would be zero."""
    text = f"{value:.1f}".removesuffix(".0")
    return text.replace(".", ",")


def percent(ratio: float) -> str:
    """«31 %», «2,8 %»: a ratio 0..1; a decimal only under ten percent."""
    value = ratio * 100
    text = f"{value:.0f}" if value >= 10 else figure(value)
    return text + " %"
