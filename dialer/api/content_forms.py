"""Scripts, result forms, dictionaries and project information as they are written in a request."""

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from dialer.api.forms import Form, Short
from dialer.core.card import DispositionChoice
from dialer.core.content import DeskRules, InfoEntry
from dialer.core.form import FieldKind, FormField
from dialer.core.form import Form as ResultForm
from dialer.core.outcome import LeadEffect
from dialer.core.script import MOST_ANSWERS, MOST_STEPS, Answer, Script, Step

MOST_FIELDS = 40
MOST_OPTIONS = 50
MOST_DISPOSITIONS = 60
MOST_ENTRIES = 1000
"""In one request; a project may have any number."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Label = Annotated[str, Field(min_length=1, max_length=120)]


class AnswerForm(Form):
    label: Label
    next: Name | None = None
    disposition: Name | None = None


class StepForm(Form):
    id: Name
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    answers: Annotated[list[AnswerForm], Field(max_length=MOST_ANSWERS)] = Field(default_factory=list)

    def step(self) -> Step:
        return Step(self.id, self.text, tuple(Answer(**answer.model_dump()) for answer in self.answers))


class ScriptForm(Form):
    """A new version of a project's script."""

    greeting: Annotated[str, Field(max_length=4000)] = ""
    steps: Annotated[list[StepForm], Field(max_length=MOST_STEPS)] = Field(default_factory=list)
    note: Short = ""
    """What is new in this version, for whoever approves it."""

    def content(self) -> Script:
        """Raises ValueError where an agent could get lost in it."""
        return Script(self.greeting, tuple(step.step() for step in self.steps))


class FieldForm(Form):
    name: Name
    label: Label
    kind: FieldKind = FieldKind.TEXT
    required: bool = False
    options: Annotated[list[Label], Field(max_length=MOST_OPTIONS)] = Field(default_factory=list)
    source: Short = ""
    """The order's field that it begins with."""

    def field(self) -> FormField:
        return FormField(**{**self.model_dump(), "options": tuple(self.options)})


class ResultFormForm(Form):
    """A new version of a project's result form."""

    fields: Annotated[list[FieldForm], Field(max_length=MOST_FIELDS)]
    note: Short = ""

    def content(self) -> ResultForm:
        """Raises ValueError for a field that cannot work."""
        return ResultForm(tuple(field.field() for field in self.fields))


class DispositionForm(Form):
    code: Name
    label: Label
    effect: LeadEffect
    is_refusal: bool = False
    needs_reason: bool = False
    needs_form: bool = False

    def choice(self, position: int) -> DispositionChoice:
        return DispositionChoice(position=position, **self.model_dump())


class DictionaryForm(Form):
    """The whole dictionary of a project, in the order in which agents see it."""

    dispositions: Annotated[list[DispositionForm], Field(min_length=1, max_length=MOST_DISPOSITIONS)]

    @field_validator("dispositions")
    @classmethod
    def _each_code_once(cls, found: list[DispositionForm]) -> list[DispositionForm]:
        codes = [one.code for one in found]
        if len(set(codes)) < len(codes):
            raise ValueError("a code stands twice")
        return found


class InfoForm(Form):
    title: Annotated[str, Field(min_length=1, max_length=200)]
    body: Annotated[str, Field(max_length=20_000)] = ""
    position: Annotated[int, Field(ge=0, le=1_000_000)] = 0

    def info(self, id: int = 0) -> InfoEntry:
        return InfoEntry(id, self.title, self.body, self.position)


class InfosForm(Form):
    entries: Annotated[list[InfoForm], Field(min_length=1, max_length=MOST_ENTRIES)]

    def infos(self) -> list[InfoEntry]:
        return [entry.info() for entry in self.entries]


class DeskRulesForm(Form):
    masks_numbers: bool = False
    needs_second_person: bool = False

    def rules(self) -> DeskRules:
        return DeskRules(**self.model_dump())
