"""The strategy of a campaign that has none: a third party's package was removed, or failed, or the books say nonsense.

It starts nothing and says why; whatever else the daemon dials goes on.
"""

from strategies.base import Decision, Observation, Snapshot

NOT_INSTALLED, FAILED = "не установлен", "отказал"


class Absent:
    """`name` is the mode that is missing, `why` what the reason says of it."""

    def __init__(self, name: str, why: str = NOT_INSTALLED) -> None:
        self.name = name
        self._why = why

    def decide(self, snapshot: Snapshot) -> Decision:
        return Decision(calls_to_start=0, reason=f"режим {self.name} {self._why} → набрать 0", strategy=self.name)

    def observe(self, observation: Observation) -> None:
        """Nothing to learn: there is nobody who would."""
