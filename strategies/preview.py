"""Preview: the agent looks at the lead first and asks for the call himself; pacing starts nothing by itself."""

from strategies.base import Decision, Observation, Snapshot


class Preview:
    """Never starts a call: each one is asked for by an agent, outside pacing."""

    name = "preview"

    def decide(self, snapshot: Snapshot) -> Decision:
        reason = f"предпросмотр: свободно {snapshot.free_agents}, звонок начинает оператор → набрать 0"
        return Decision(calls_to_start=0, reason=reason, strategy=self.name)

    def observe(self, observation: Observation) -> None:
        """Nothing to learn: the agents decide."""
