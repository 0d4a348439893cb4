"""Manual: the agent picks the lead himself; pacing starts nothing and offers nothing."""

from strategies.base import Decision, Observation, Snapshot


class Manual:
    """Never starts a call: an agent picks each lead, outside pacing."""

    name = "manual"

    def decide(self, snapshot: Snapshot) -> Decision:
        return Decision(calls_to_start=0, reason="вручную: заказ выбирает оператор → набрать 0", strategy=self.name)

    def observe(self, observation: Observation) -> None:
        """Nothing to learn: the agents decide."""
