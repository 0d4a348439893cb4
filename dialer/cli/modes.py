"""Is there such a strategy, and can it be made? Asked before a day is lived or read, not after it."""

from dialer.cli.exits import Refusal
from dialer.core.foreign import told
from strategies import UnknownStrategy, load


def refuse_unusable(strategy: str, *, ceiling_ratio: float, power_ratio: float) -> None:
    """Refusal where nobody knows this strategy, its figures make no sense, or a third party's cannot be made."""
    try:
        load(strategy, ceiling_ratio=ceiling_ratio, power_ratio=power_ratio)
    except (UnknownStrategy, ValueError) as error:
        raise Refusal(str(error)) from None
    except Exception as error:
        raise Refusal(f"the strategy {strategy} cannot be made: {told(error)}") from error
