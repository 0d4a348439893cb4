"""A simulated agent's form is one that the daemon takes."""

from datetime import UTC, datetime
from random import Random

import orjson
import pytest

from dialer.core.form import FieldKind, Form, FormField, flaws
from sim.writing import written

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
FORM = Form(
    (
        *(FormField(kind.value, kind.value, kind, required=True, options=("а", "б") if kind == "choice" else ())
          for kind in FieldKind),
        FormField("slot", "Интервал", FieldKind.INTERVAL, required=True, options=("10:00-14:00",)),
        FormField("extra", "Не обязательно"),
    )
)  # fmt: skip


@pytest.mark.parametrize("seed", range(20))
def test_every_required_field_gets_something_that_fits_it(seed: int) -> None:
    values = written(orjson.loads(orjson.dumps(FORM)), AT.timestamp(), Random(seed))
    assert flaws(FORM, values, AT.date()) == ()
    assert "extra" not in values
