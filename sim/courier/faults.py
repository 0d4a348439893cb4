"""How a courier's machine misbehaves, by plan or by seeded chance; read anew at each request."""

from dataclasses import dataclass, field
from random import Random


@dataclass(slots=True)
class Faults:
    """Everything off: a good machine. May be changed while it serves."""

    delay_s: float = 0.0
    is_down: bool = False
    """Answers 503 to everything."""
    says_garbage: bool = False
    """Closes with bytes that are no HTTP."""
    error_ratio: float = 0.0
    """Share of requests that are refused with 500 before anything is done."""
    loss_ratio: float = 0.0
    """Share of answers that are 500 although everything was done: those requests come again."""
    chance: Random = field(default_factory=lambda: Random(1))

    def refuses(self) -> bool:
        return self.is_down or self.chance.random() < self.error_ratio

    def loses(self) -> bool:
        return self.chance.random() < self.loss_ratio
