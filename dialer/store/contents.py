"""Scripts and result forms of projects by version, dictionaries of dispositions, and project information."""

import re
from collections.abc import Sequence
from dataclasses import asdict

import orjson
from asyncpg.exceptions import UniqueViolationError

from dialer.core.card import DispositionChoice
from dialer.core.content import Approvals, ContentKind, ContentVersion, DeskRules, InfoEntry, SampleOrder
from dialer.core.form import Form
from dialer.core.ids import Instant, ProjectId
from dialer.core.lead import CANDIDATES
from dialer.core.outcome import LeadEffect
from dialer.core.script import Script
from dialer.store.content_rows import to_json
from dialer.store.db import Database
from dialer.store.errors import NameTaken, Refused, Unknown
from dialer.store.sql import load

_Q = load("desk")
_RULES = load("desk_rules")
_WORD = re.compile(r"[0-9a-zа-я]+")


class Contents:
    """Over one database; every method may raise DatabaseAway."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def versions(
        self, project: ProjectId, kind: ContentKind, version: int | None = None
    ) -> Sequence[ContentVersion]:
        """All versions, newest first, or the one."""
        async with self._database.connection() as conn:
            rows = await _Q["contents"].rows(conn, project=project, kind=kind, version=version)
        return [ContentVersion(**{**row, "body": orjson.loads(row["body"])}) for row in rows]

    async def add(self, project: ProjectId, content: Script | Form, note: str, by: str, at: Instant) -> int:
        """A new version, not yet approved: its number. Raises Unknown."""
        kind = ContentKind.SCRIPT if isinstance(content, Script) else ContentKind.FORM
        async with self._database.connection() as conn:
            made = await _Q["add_content"].value(
                conn, project=project, kind=kind, body=to_json(content), note=note, by=by, now=at
            )
        if made is None:
            raise Unknown(f"there is no project {project}")
        return int(made)

    async def approve(self, project: ProjectId, kind: ContentKind, version: int, by: str, at: Instant) -> None:
        """From now on new talks use it.

        Raises Refused where it is approved already, is not there, or waits for another person than who wrote it.
        """
        async with self._database.connection() as conn:
            done = await _Q["approve"].value(conn, project=project, kind=kind, version=version, by=by, now=at)
            if done is not None:
                return
            author = await _Q["made_by"].value(conn, project=project, kind=kind, version=version)
        if author is None:
            raise Refused(f"{kind} {version} of project {project} is approved already, or does not exist")
        raise Refused(f"{kind} {version} was written by {author}: in this project another person approves it")

    async def approvals(self, project: ProjectId) -> Approvals:
        """Every version, by kind: whether it is approved."""
        found: dict[str, dict[int, bool]] = {}
        async with self._database.connection() as conn:
            for row in await _Q["approvals"].rows(conn, project=project):
                found.setdefault(row["kind"], {})[row["version"]] = row["is_approved"]
        return found

    # ---- project information

    async def search(self, project: ProjectId, words: str, bound: int) -> Sequence[InfoEntry]:
        """Entries with all these words, each known by its beginning, best first; without a word: all, in order."""
        query = info_query(words)
        async with self._database.connection() as conn:
            if query:
                rows = await _Q["info_search"].rows(conn, project=project, query=query, bound=bound)
            else:
                rows = await _Q["info_all"].rows(conn, project=project, bound=bound)
        return [InfoEntry(**dict(row)) for row in rows]

    async def save_info(self, project: ProjectId, entries: Sequence[InfoEntry], by: str, at: Instant) -> None:
        """Add these entries; one with a title that is there already replaces it."""
        last = {entry.title: entry for entry in entries}.values()
        async with self._database.connection() as conn:
            await _Q["info_save"].run(
                conn,
                project=project,
                titles=[entry.title for entry in last],
                bodies=[entry.body for entry in last],
                positions=[entry.position for entry in last],
                by=by,
                now=at,
            )

    async def remove_info(self, project: ProjectId, entry: int) -> bool:
        """False where there is none."""
        async with self._database.connection() as conn:
            return await _Q["info_remove"].value(conn, project=project, id=entry) is not None

    async def change_info(self, project: ProjectId, entry: InfoEntry, by: str, at: Instant) -> bool:
        """Another text for the entry of this id; False where there is none. Raises NameTaken for another's title."""
        try:
            async with self._database.connection() as conn:
                changed = await _RULES["info_change"].value(
                    conn,
                    project=project,
                    id=entry.id,
                    title=entry.title,
                    body=entry.body,
                    position=entry.position,
                    by=by,
                    now=at,
                )
        except UniqueViolationError as error:
            raise NameTaken(f"the project has an entry {entry.title!r} already") from error
        return changed is not None

    # ---- what holds for the project's desks

    async def rules(self, project: ProjectId) -> DeskRules:
        """Raises Unknown."""
        async with self._database.connection() as conn:
            row = await _RULES["of_project"].row(conn, project=project)
        if row is None:
            raise Unknown(f"there is no project {project}")
        return DeskRules(**dict(row))

    async def save_rules(self, project: ProjectId, rules: DeskRules) -> None:
        """They hold from the next card on. Raises Unknown."""
        async with self._database.connection() as conn:
            if await _RULES["set"].value(conn, project=project, **asdict(rules)) is None:
                raise Unknown(f"there is no project {project}")

    async def sample(self, project: ProjectId) -> SampleOrder | None:
        """An order to show a script or a form on; None where the project has none."""
        async with self._database.connection() as conn:
            row = await _RULES["sample"].row(conn, project=project)
        if row is None:
            return None
        fields = {name: text for name, text in orjson.loads(row["fields"]).items() if name != CANDIDATES}
        return SampleOrder(**{**row, "fields": fields})

    # ---- dispositions

    async def dictionary(self, project: ProjectId) -> Sequence[DispositionChoice]:
        async with self._database.connection() as conn:
            rows = await _Q["dictionary"].rows(conn, project=project)
        return [DispositionChoice(**{**row, "effect": LeadEffect(row["effect"])}) for row in rows]

    async def replace_dictionary(self, project: ProjectId, choices: Sequence[DispositionChoice]) -> None:
        """The whole dictionary at once. Raises Refused for a code that stands twice or is the program's own."""
        try:
            async with self._database.transaction() as conn:
                await _Q["dictionary_clear"].run(conn, project=project)
                await _Q["dictionary_add"].run(
                    conn,
                    project=project,
                    codes=[choice.code for choice in choices],
                    labels=[choice.label for choice in choices],
                    effects=[choice.effect.value for choice in choices],
                    positions=[choice.position for choice in choices],
                    refusals=[choice.is_refusal for choice in choices],
                    reasons=[choice.needs_reason for choice in choices],
                    forms=[choice.needs_form for choice in choices],
                )
        except UniqueViolationError as error:
            raise Refused("a code stands twice, or is one that the program itself gives") from error


def info_query(words: str) -> str:
    """What is asked of the index: every word by its beginning, ё as е. Empty where nothing was asked."""
    return " & ".join(f"{word}:*" for word in _WORD.findall(words.lower().replace("ё", "е")))
