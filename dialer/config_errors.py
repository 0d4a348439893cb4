"""What is wrong in the configuration, told by the name of the key, with the cure."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from dialer.core.nearest import did_you_mean


class ConfigError(Exception):
    """The configuration is refused whole; each problem names its key and repeats no value."""

    def __init__(self, path: Path, problems: Iterable[str]) -> None:
        self.path = path
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{path}: {problem}" for problem in self.problems))


def problems_of(model: type[BaseModel], error: ValidationError) -> tuple[str, ...]:
    """One sentence for each wrong key."""
    return tuple(_sentence(model, detail) for detail in error.errors(include_url=False, include_input=False))


def _sentence(model: type[BaseModel], detail: ErrorDetails) -> str:
    key = _key(detail["loc"])
    match detail["type"]:
        case "extra_forbidden":
            return f"unknown key {key}{_suggestion(model, detail['loc'])}"
        case "missing":
            return f"{key} is missing"
        case "value_error":
            return ": ".join(filter(None, (key, str(detail["ctx"]["error"]))))
        case "string_pattern_mismatch":
            return f"{key} must match {detail['ctx']['pattern']}"
        case _:
            return f"{key}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"


def _key(location: tuple[int | str, ...]) -> str:
    """`asterisk[2].port`, counted from 1 as a reader of the file counts."""
    text = ""
    for part in location:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def _suggestion(model: type[BaseModel], location: tuple[int | str, ...]) -> str:
    *parents, wrong = location
    for name in (part for part in parents if isinstance(part, str)):
        model = next(_models_in(model.model_fields[name].annotation))
    known = model.model_fields
    return f"; {did_you_mean(str(wrong), known) or 'known are: ' + ', '.join(known)}"


def _models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """The model behind `Section`, `tuple[Section, ...]` or `Section | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
