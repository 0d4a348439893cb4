"""What every request body keeps to: unknown fields are refused by name, and no text holds a control character."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

ALLOWED_CONTROLS = frozenset("\t\n\r")

LARGEST_ID = 2**31 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
"""A project, campaign or group, as the books number them; also as a parameter in a path or a query."""

PLAIN = r"^[^\x00-\x1f\x7f]*$"
"""A text in a path or a query: the books take no NUL, and nobody types a control character."""

Short = Annotated[str, Field(max_length=200)]
Text = Annotated[str, Field(max_length=4000)]


class Form(BaseModel):
    """Base of every body that is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    @model_validator(mode="before")
    @classmethod
    def _plain_text(cls, data: Any) -> Any:
        if isinstance(data, dict):
            for key, value in data.items():
                _refuse_controls(str(key), key)
                _refuse_controls(str(key), value)
        return data


def is_plain(sign: str) -> bool:
    """Neither a control character nor half of a surrogate pair: neither can be kept as text."""
    code = ord(sign)
    return (code >= 32 or sign in ALLOWED_CONTROLS) and not 0xD800 <= code < 0xE000


def _refuse_controls(where: str, value: Any) -> None:
    if isinstance(value, str):
        if any(not is_plain(sign) for sign in value):
            raise ValueError(f"{where!a} holds a control character")
    elif isinstance(value, list):
        for item in value:
            _refuse_controls(where, item)
    elif isinstance(value, dict):
        for key, item in value.items():
            _refuse_controls(where, key)
            _refuse_controls(where, item)
