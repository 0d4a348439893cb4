"""A third party's package, as a wheel leaves it on the path; and what may go wrong in one."""

from pathlib import Path

import pytest

import strategies
from strategies.base import Decision, Learned, Observation, Snapshot


def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: str) -> None:
    """The entry point `theirs`; `made`: «module:callable»."""
    wheel = tmp_path / "theirs-1.0.dist-info"
    wheel.mkdir()
    (wheel / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (wheel / "entry_points.txt").write_text(f"[{strategies.ENTRY_POINT_GROUP}]\ntheirs = {made}\n")
    monkeypatch.syspath_prepend(tmp_path)


class Theirs:
    """Starts a call at every look, and counts what it is told."""

    name = "theirs"

    def __init__(self, settings: strategies.PacingSettings) -> None:
        self.ceiling_ratio = settings.ceiling_ratio
        self.told = 0

    def decide(self, snapshot: Snapshot) -> Decision:
        return Decision(1, "one more", self.name)

    def observe(self, observation: Observation) -> None:
        self.told += 1

    def save(self) -> Learned:
        return {"told": self.told}

    def load(self, learned: Learned) -> None:
        self.told = int(learned["told"])


class NotMade(Theirs):
    def __init__(self, settings: strategies.PacingSettings) -> None:
        raise RuntimeError("their licence has run out")


class Nameless:
    def __init__(self, settings: strategies.PacingSettings) -> None:
        pass


class Decides(Theirs):
    def decide(self, snapshot: Snapshot) -> Decision:
        raise ZeroDivisionError("nobody answers")


class Observes(Theirs):
    def observe(self, observation: Observation) -> None:
        raise KeyError("answered")


class Nothing(Theirs):
    def decide(self, snapshot: Snapshot) -> Decision:
        return None  # type: ignore[return-value]


class Half(Theirs):
    def decide(self, snapshot: Snapshot) -> Decision:
        return Decision(1.5, "a call and a half", self.name)  # type: ignore[arg-type]


class NoNumber(Theirs):
    def decide(self, snapshot: Snapshot) -> Decision:
        return Decision(1, "one", self.name, inputs=(("ratio", float("nan")),))


class Wordless(Theirs):
    def decide(self, snapshot: Snapshot) -> Decision:
        return Decision(1, None, self.name)  # type: ignore[arg-type]


class Halved(Theirs):
    def decide(self, snapshot: Snapshot) -> Decision:
        return Decision(1, "one", self.name, inputs=(("a\ud800", 1.0),))


class Limited(Theirs):
    def decide(self, snapshot: Snapshot) -> Decision:
        return Decision(1, "one", self.name, limited_by="all of them")  # type: ignore[arg-type]


class Numbered(Theirs):
    name = 5  # type: ignore[assignment]
