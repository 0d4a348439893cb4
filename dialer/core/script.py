"""A script as data: what the agent says first, then steps that branch by the answers chosen. Pure.

Texts hold variables in braces: {person}, {agent}, {project}, {order} and any field of the order. Blank text between
paragraphs divides them. The first step is where every talk begins.
"""

from collections.abc import Iterator
from dataclasses import dataclass

MOST_STEPS = 200
MOST_ANSWERS = 6
"""They are chosen by one key each."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person may say; `next` is the step that follows, `disposition` the result that it suggests."""

    label: str
    next: str | None = None
    disposition: str | None = None

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise ValueError("an answer has no label")


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    text: str
    answers: tuple[Answer, ...] = ()

    def __post_init__(self) -> None:
        if len(self.answers) > MOST_ANSWERS:
            raise ValueError(f"step {self.id}: at most {MOST_ANSWERS} answers")


@dataclass(frozen=True, slots=True)
class Script:
    greeting: str = ""
    steps: tuple[Step, ...] = ()

    def __post_init__(self) -> None:
        """ValueError where a step cannot be told from another, leads nowhere, or is never reached."""
        names = [step.id for step in self.steps]
        if len(names) > MOST_STEPS:
            raise ValueError(f"at most {MOST_STEPS} steps")
        if twice := {name for name in names if names.count(name) > 1}:
            raise ValueError(f"step {min(twice)} stands twice")
        for step in self.steps:
            for answer in step.answers:
                if answer.next is not None and answer.next not in names:
                    raise ValueError(
                        f"step {step.id}: answer {answer.label!r} leads to {answer.next}, which is no step"
                    )
        if lost := set(names) - set(_reached(self.steps)):
            raise ValueError(f"step {min(lost)} is never reached: no answer leads to it")


def plain_script(greeting: str, text: str) -> Script:
    """A script without branches, from a project's two texts."""
    return Script(greeting, (Step("start", text),) if text.strip() else ())


def _reached(steps: tuple[Step, ...]) -> Iterator[str]:
    by_id = {step.id: step for step in steps}
    seen: set[str] = set()
    ahead = [steps[0].id] if steps else []
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            yield name
            ahead += [answer.next for answer in by_id[name].answers if answer.next is not None]
