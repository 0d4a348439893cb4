"""Lists: a file tried or taken in, its progress, and what waits for a person's decision, one by one or by rule.

A file is read from the request only after the asker's right is certain.
"""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import orjson
from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, ValidationError, field_validator, model_validator
from starlette.datastructures import FormData, UploadFile

from dialer.api.asking import Asker, Given, in_sight, needs
from dialer.api.forms import Form, Id, Short, is_plain
from dialer.api.ports import Ports
from dialer.api.problems import Problem, not_found
from dialer.api.routes.leads import campaign_in_sight
from dialer.api.show import checked_body, dry_run_body, list_body, undecided_body
from dialer.api.telling import tell_ready
from dialer.core.access import Principal, Right
from dialer.core.ids import LeadId
from dialer.core.listing import Filter, ListRecord, ListWish, NotAList, ReaderLost, Rule
from dialer.core.numbering.policy import ListPolicy, OnAmbiguous, OnUnallocated
from dialer.core.user import AuditEntry

LONGEST_NAME = 100
PAGE_LIMIT = 200
FIELDS_LIMIT = 20
"""Parts of the form beside the file; there are seven."""

FILE_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "format": "binary"},
                        "name": {"type": "string"},
                        "mapping": {"type": "string"},
                        "columns": {"type": "string"},
                        "ambiguous": {"type": "string", "enum": list(OnAmbiguous)},
                        "unallocated": {"type": "string", "enum": list(OnUnallocated)},
                        "encoding": {"type": "string"},
                        "delimiter": {"type": "string", "enum": [";", ",", "|", "tab"]},
                        "sheet": {"type": "string"},
                    },
                }
            }
        },
    }
}

router = APIRouter(prefix="/api/v1", tags=["lists"])


class ListForm(Form):
    """What goes along with the file; `mapping` is JSON, {column: header name}, `columns` {header name: column}."""

    name: Annotated[str, Field(max_length=LONGEST_NAME)] = ""
    mapping: dict[Short, Short] = Field(default_factory=dict)
    columns: dict[Short, Short] = Field(default_factory=dict)
    ambiguous: OnAmbiguous = OnAmbiguous.WAIT
    unallocated: OnUnallocated = OnUnallocated.CALL
    encoding: Annotated[str, Field(max_length=40)] | None = None
    delimiter: Literal[";", ",", "|", "tab"] | None = None
    sheet: Short | None = None

    @field_validator("mapping", "columns", mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError as error:
            raise ValueError('is JSON such as {"phone": "Контакт"}') from error

    def wish(self, file: Path) -> ListWish:
        return ListWish(
            name=self.name or file.stem,
            encoding=self.encoding,
            delimiter="\t" if self.delimiter == "tab" else self.delimiter,
            sheet=self.sheet,
            mapped=self.mapping,
            chosen=self.columns,
            policy=ListPolicy(self.ambiguous, self.unallocated),
        )


class Decision(Form):
    """A candidate to be called, or `refuse`: nobody."""

    number: Annotated[str, Field(pattern=r"^\d{10}$")] | None = None
    refuse: bool = False

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if self.refuse == (self.number is not None):
            raise ValueError("give `number`, one of the candidates, or `refuse`: true")
        return self


Question = Literal["ambiguous", "unallocated"]


class Decisions(Form):
    rule: Rule
    question: Question | None = None
    text: Short = ""
    """Only the leads that `GET /lists/{id}/undecided` shows for these two."""


@router.post(
    "/campaigns/{campaign}/lists/check",
    openapi_extra=FILE_FORM,
    dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))],
)
async def check_file(campaign: Id, request: Request, given: Given, asker: Asker) -> dict[str, Any]:
    """What an import of this file would make of each row: columns, the four sums, reasons, first rows of each kind.

    Nothing is written and the file is not kept. Columns by hand are JSON: `columns`, {"Контакт": "phone", "Город": ""},
    where an empty one is a free field, or `mapping`, {"phone": "Контакт"}, which makes it the only one of its kind.
    """
    found = await campaign_in_sight(given, asker, campaign)
    async with _upload(request) as (file, wish):
        with _readable():
            return checked_body(await given.lists.check(found.id, file, wish))


@router.post(
    "/campaigns/{campaign}/lists",
    status_code=202,
    openapi_extra=FILE_FORM,
    dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))],
)
async def import_file(campaign: Id, request: Request, given: Given, asker: Asker) -> dict[str, Any]:
    """Take the file in as a list, made or filled further by its name; rows are dialable as they come in.

    The answer comes as soon as the file is known to be a list; `GET /lists/{id}` tells how far the import is. The
    `columns` that were chosen are remembered: the project's next file with such a header is read so by itself.
    """
    found = await campaign_in_sight(given, asker, campaign)
    async with _upload(request) as (file, wish):
        with _readable():
            taken = await given.lists.take_in(found.id, file, wish)
    await _audit(given, asker, "list.import", taken, campaign=str(found.id))
    return list_body(taken)


@router.get("/campaigns/{campaign}/lists", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def lists_of_campaign(campaign: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """The lists of the campaign with the sums of their rows."""
    found = await campaign_in_sight(given, asker, campaign)
    return {"lists": [list_body(one) for one in await given.lists.of_campaign(found.id)]}


@router.get("/campaigns/{campaign}/dry-run", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def look_ahead(campaign: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """What the campaign would do if it started now: every row once by reason, and when each zone opens.

    `callable` and `reasons` add up to `rows`, the rows of all its lists.
    """
    return dry_run_body(await given.lists.dry_run(await campaign_in_sight(given, asker, campaign)))


@router.get("/lists/{list_id}", dependencies=[Depends(needs(Right.CAMPAIGNS_READ))])
async def show_list(list_id: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """The list: sums, how many leads are undecided, how far an import is."""
    return list_body(await _list_in_sight(given, asker, list_id))


@router.post("/lists/{list_id}/pause", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def pause_list(list_id: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """No lead of it is called any more; calls that are on go on."""
    return await _paused(given, asker, list_id, paused=True)


@router.post("/lists/{list_id}/resume", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def resume_list(list_id: Id, given: Given, asker: Asker) -> dict[str, Any]:
    """Its leads may be called again."""
    return await _paused(given, asker, list_id, paused=False)


@router.get("/lists/{list_id}/undecided", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def undecided_leads(
    list_id: Id,
    given: Given,
    asker: Asker,
    after: Short | None = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
    question: Question | None = None,
    text: Short = "",
) -> dict[str, Any]:
    """Leads that wait for a person, with their candidates, likeliest first; `next` is the `after` of the next page.

    `question` and `text` (in the order's name, the person, region, town or postcode) choose among them.
    """
    found = await _list_in_sight(given, asker, list_id)
    leads = await given.lists.undecided(
        found.id, None if after is None else LeadId(after), limit, Filter(question or "", text)
    )
    await _audit(given, asker, "list.look", found)
    following = leads[-1].lead if len(leads) == limit else None
    return {"leads": [undecided_body(lead) for lead in leads], "next": following}


@router.post("/leads/{lead}/decision", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def decide_lead(lead: str, body: Decision, given: Given, asker: Asker) -> dict[str, Any]:
    """Call one of the candidates, or refuse the lead. 409 where it does not wait for a decision."""
    found = await given.lists.undecided_lead(LeadId(lead))
    if found is None:
        raise Problem(
            409, "not-undecided", f"Lead {lead} waits for no decision.", "Ask for the list's undecided leads."
        )
    campaign = await campaign_in_sight(given, asker, found.campaign)
    try:
        decided = await given.lists.decide(found, body.number)
    except ValueError as error:
        raise Problem(422, "no-candidate", str(error), "Choose one of its candidates, or refuse the lead.") from error
    if decided.ready:
        await tell_ready(given, campaign)
    action = {"decision": "refuse" if body.refuse else "call"}
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, "lead.decide", lead, action))
    return {"lead": lead, "ready": decided.ready, "refused": decided.refused, "duplicate": decided.duplicate}


@router.post("/lists/{list_id}/decisions", dependencies=[Depends(needs(Right.CAMPAIGNS_WRITE))])
async def decide_list(list_id: Id, body: Decisions, given: Given, asker: Asker) -> dict[str, Any]:
    """Decide every undecided lead, or those that are meant, by one rule: `first` candidate, `try` all of them in order,
    or `refuse`."""
    found = await _list_in_sight(given, asker, list_id)
    decided = await given.lists.decide_all(found.id, body.rule, Filter(body.question or "", body.text))
    if decided.ready:
        await tell_ready(given, await campaign_in_sight(given, asker, found.campaign))
    await _audit(given, asker, "list.decide", found, rule=body.rule.value, ready=str(decided.ready))
    return {"ready": decided.ready, "refused": decided.refused, "duplicate": decided.duplicate}


# ---- inside


async def _list_in_sight(given: Ports, asker: Principal, list_id: int) -> ListRecord:
    found = await given.lists.one(list_id)
    campaign = None if found is None else await given.campaigns.campaign(found.campaign)
    if found is None or campaign is None:
        raise not_found("list", list_id)
    in_sight(asker, campaign.project, "list", list_id)
    return found


async def _paused(given: Ports, asker: Principal, list_id: int, *, paused: bool) -> dict[str, Any]:
    found = await _list_in_sight(given, asker, list_id)
    await given.lists.pause(found.id, paused)
    await _audit(given, asker, "list.pause" if paused else "list.resume", found)
    return list_body(await _list_in_sight(given, asker, list_id))


async def _audit(given: Ports, asker: Principal, action: str, about: ListRecord, **detail: str) -> None:
    await given.users.audit(AuditEntry(given.clock.now(), asker.name, action, str(about.id), detail))


_CURE_COLUMNS = 'Nothing was written; name the columns in `mapping`, such as {"phone": "Контакт"}.'


class _readable:  # noqa: N801 - read as a word after `with`
    """A file that is no list is 422 and says what is wrong with it; its columns are told where they are known.

    Where its reader was lost it is 503: the file may be well.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, NotAList):
            raise Problem(
                422,
                "unknown-columns" if error.header else "not-a-list",
                f"{error}.",
                _CURE_COLUMNS if error.header else "Nothing was written; send the list as CSV or XLSX.",
                errors=[{"where": "column", "what": name} for name in error.header],
            ) from error
        if isinstance(error, ReaderLost):
            raise Problem(
                503,
                "reader-lost",
                "The process that read the list has ended early; the machine may be short of memory.",
                "Nothing was written; send the list again, in parts if this happens twice.",
            ) from error


@asynccontextmanager
async def _upload(request: Request) -> AsyncIterator[tuple[Path, ListWish]]:
    """The file of the request, in a folder that is removed with the request, and what was said about it."""
    async with request.form(max_files=1, max_fields=FIELDS_LIMIT) as form:
        upload = form.get("file")
        if not isinstance(upload, UploadFile):
            raise Problem(
                422, "no-file", "The request carries no file.", "Send multipart/form-data with the list as `file`."
            )
        wish_of = _form(form)
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix="dialer-list-"))
        file = folder / _safe_name(upload.filename or "")
        try:
            await asyncio.to_thread(_copy, upload, file)
            yield file, wish_of.wish(file)
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _form(form: FormData) -> ListForm:
    given = {name: value for name, value in form.items() if name != "file" and value != ""}
    try:
        return ListForm.model_validate(given)
    except ValidationError as error:
        errors = [{"where": ".".join(map(str, one["loc"])), "what": str(one["msg"])} for one in error.errors()]
        raise Problem(
            422, "invalid-request", "The form beside the file is wrong; nothing was written.", "", errors=errors
        ) from error


def _copy(upload: UploadFile, file: Path) -> None:
    with file.open("wb") as target:
        shutil.copyfileobj(upload.file, target, 1 << 20)


def _safe_name(name: str) -> str:
    """The file's own last name, so that messages can tell it; never a path."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(sign for sign in last if is_plain(sign) and sign not in "\t\n\r").strip(". ")
    return plain[:LONGEST_NAME] or "list"
