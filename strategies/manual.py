"""Manual: the agent picks the lead himself; pacing starts nothing and offers nothing."""

from strategies.base import Decision, Observation, Snapshot


class Manual:
    """Never starts a call: an agent picks each lead, outside pacing."""

    name = "manual"

    def decide(self, snapshot: Snapshot) -> Decision:
        reason = f"вручную: свободно {snapshot.free_agents}, заказ выбирает оператор → набрать 0"
        return Decision(calls_to_start=0, reason=reason, strategy=self.name)

    def observe(self, observation: Observation) -> None:
        """Nothing to learn: the agents decide."""
