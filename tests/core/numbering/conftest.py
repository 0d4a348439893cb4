from datetime import date

import pytest

from dialer.core.numbering import load_default

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="session")
def numbering():
    return load_default(TODAY)
