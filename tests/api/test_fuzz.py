"""Every operation of the OpenAPI, fed by schemathesis with what its schema allows and with what it forbids.

Over a real socket, from a thread: schemathesis asks synchronously. The same examples each time, few of each; what they
found is kept by `test_nonsense`. No answer may be an error of ours, and every refusal is a problem that names itself.
"""

import asyncio
from contextlib import suppress
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from dialer.api.app import bare_app
from dialer.api.server import HttpServer, bind
from tests.api.conftest import House

EXAMPLES = 3
"""Of each operation and mode."""
QUICK = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
LEFT_OUT = frozenset({("DELETE", "/api/v1/session"), ("POST", "/api/v1/me/password")})
"""They end the session that asks."""


def operations() -> list[Any]:
    schema = schemathesis.openapi.from_dict(bare_app("0").openapi())
    found = [result.ok() for result in schema.get_all_operations()]
    return [one for one in found if (one.method.upper(), one.path) not in LEFT_OUT]


def ask(url: str, headers: dict[str, str], known: dict[str, Any]) -> list[str]:
    """Every operation, as allowed and as forbidden; what went wrong, in words."""
    wrong: list[str] = []
    with requests.Session() as session:
        for operation in operations():
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                _examples(operation, mode, url, session, headers, known, wrong)
    return wrong


def _examples(
    operation: Any,
    mode: GenerationMode,
    url: str,
    session: requests.Session,
    headers: dict[str, str],
    known: dict[str, Any],
    wrong: list[str],
) -> None:
    strategy = operation.as_strategy(generation_mode=mode)

    @QUICK
    @given(case=strategy)
    def one(case: Case) -> None:
        case.path_parameters = {
            name: known.get(name, value) if len(str(value)) % 2 else value
            for name, value in (case.path_parameters or {}).items()
        }
        answer = case.call(base_url=url, session=session, headers=headers)
        kind = answer.headers.get("content-type", [""])[0]
        if answer.status_code >= 500 or (answer.status_code >= 400 and "problem+json" not in kind):
            wrong.append(f"{answer.status_code} {case.as_curl_command()}")

    with suppress(Unsatisfiable):  # where nothing is asked for, nothing can be forbidden
        one()


@pytest.mark.timeout(300)
async def test_no_operation_answers_with_an_error_of_ours(house: House, admin: dict[str, str]) -> None:
    known = {"project": house.project, "campaign": house.campaign, "agent": 1001, "webhook": 1, "command": "pause"}
    server = HttpServer(house.app, bind("127.0.0.1", 0))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(server.run())
        await server.started()
        try:
            wrong = await asyncio.to_thread(ask, f"http://127.0.0.1:{server.port}", admin, known)
        finally:
            server.stop()
    assert len(operations()) > 40
    assert not wrong, "\n".join(wrong)
