"""What every request body keeps to: unknown fields are refused by name, and no text holds a control character."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from dialer.core.hours import checked_zone

ALLOWED_CONTROLS = frozenset("\t\n\r")

LARGEST_ID = 2**31 - 1
Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
"""A project, campaign or group, as the books number them; also as a parameter in a path or a query."""

Moment = Annotated[AwareDatetime, Field(ge=datetime(1970, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))]
"""An instant with its offset: near the ends of the calendar another zone's clock has no name for it."""

PLAIN = r"^[^\x00-\x1f\x7f]*$"
"""A text in a path or a query: the books take no NUL, and nobody types a control character."""

Short = Annotated[str, Field(max_length=200)]
Zone = Annotated[str, Field(max_length=64), AfterValidator(checked_zone)]
"""An IANA name; what is none is refused with the nearest."""
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
