"""Values: frozen for whoever writes code, plain slots for the interpreter.

A frozen dataclass stands guard over its fields while it is being made, too: each goes through `object.__setattr__`,
which makes it twice as dear as a plain one. Events, effects and what strategies see are made by the dozen for each
call, and a tenth of a simulated day was that guard. mypy refuses all that it would; `python -X dev` puts it back, and a
test lives a day under it.
"""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from dataclasses import dataclass as value
else:
    Made = TypeVar("Made")

    def value(*, frozen: bool, **how: Any) -> Callable[[type[Made]], type[Made]]:
        """A dataclass that is compared and hashed by its fields; `how` is as there."""
        return dataclass(frozen=frozen and sys.flags.dev_mode, unsafe_hash=True, **how)


__all__ = ["value"]
