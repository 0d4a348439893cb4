"""Users, sessions, links and tokens against the real database: secrets are spent, expire and are never stored."""

import asyncio

import pytest

from dialer.core.access import Right, Role
from dialer.core.ids import AgentId, ProjectId
from dialer.core.user import AuditEntry
from dialer.store import agents, campaigns
from dialer.store.agents import Agent
from dialer.store.db import Database
from dialer.store.errors import NameTaken, Refused, Unknown
from dialer.store.users import LINK_S, Users

NOW = 1_790_000_000.0
PASSWORD = "correct horse battery"


@pytest.fixture
def users(database: Database) -> Users:
    return Users(database)


async def test_password_signs_in_and_a_wrong_one_does_not(users: Users) -> None:
    made = await users.add("olga", Role.SUPERVISOR, NOW, password=PASSWORD)
    assert made.has_password
    assert await users.check_password("olga", PASSWORD) == made
    assert await users.check_password("olga", PASSWORD + "!") is None
    assert await users.check_password("nobody", PASSWORD) is None
    assert await users.check_password("olga", "x" * 100_000) is None


async def test_a_user_without_password_has_no_password_that_works(users: Users) -> None:
    await users.add("olga", Role.ADMIN, NOW)
    assert await users.check_password("olga", "") is None


async def test_a_link_works_once_even_when_used_twice_at_once(users: Users) -> None:
    await users.add("root", Role.ADMIN, NOW)
    link = await users.make_link("root", NOW)
    answers = await asyncio.gather(*(users.use_link(link, NOW) for _ in range(5)))
    assert [answer.name for answer in answers if answer is not None] == ["root"]


async def test_a_link_grows_old_and_a_foreign_one_is_nothing(users: Users) -> None:
    await users.add("root", Role.ADMIN, NOW)
    link = await users.make_link("root", NOW)
    assert await users.use_link("dll_" + "a" * 43, NOW) is None
    assert await users.use_link(link, NOW + LINK_S) is None


async def test_a_session_ends_by_time_by_sign_out_and_by_a_new_password(users: Users) -> None:
    user = await users.add("olga", Role.SUPERVISOR, NOW)
    kept, closed, other = [await users.open_session(user.id, NOW, NOW + 60) for _ in range(3)]
    assert (await users.by_session(kept, NOW + 59)) is not None
    assert (await users.by_session(kept, NOW + 60)) is None

    await users.close_session(closed)
    assert (await users.by_session(closed, NOW)) is None

    assert await users.change_password(user.id, None, PASSWORD, kept)
    assert (await users.by_session(kept, NOW)) is not None
    assert (await users.by_session(other, NOW)) is None
    assert not await users.change_password(user.id, "wrong", "another password", kept)


async def test_a_disabled_user_is_nobody_at_once(users: Users) -> None:
    user = await users.add("olga", Role.SUPERVISOR, NOW, password=PASSWORD)
    session = await users.open_session(user.id, NOW, NOW + 60)
    token = await users.make_token("olga", {Right.METRICS}, NOW)
    link = await users.make_link("olga", NOW)
    await users.disable("olga")
    assert await users.check_password("olga", PASSWORD) is None
    assert await users.by_session(session, NOW) is None
    assert await users.by_token(token, NOW) is None
    assert await users.use_link(link, NOW) is None


async def test_a_token_has_its_scopes_and_no_more_than_the_role(users: Users) -> None:
    await users.add("prometheus", Role.SUPERVISOR, NOW)
    token = await users.make_token("prometheus", {Right.METRICS}, NOW, label="scraper", expires_at=NOW + 60)
    found = await users.by_token(token, NOW)
    assert found is not None
    assert found.rights == {Right.METRICS}
    assert found.by_token
    assert await users.by_token(token, NOW + 60) is None
    with pytest.raises(Refused, match="users:write"):
        await users.make_token("prometheus", {Right.USERS}, NOW)
    await users.add("shop", Role.INTEGRATOR, NOW)
    with pytest.raises(Refused, match="metrics:read"):
        await users.make_token("shop", {Right.METRICS}, NOW)
    with pytest.raises(Refused, match="no scope"):
        await users.make_token("prometheus", set(), NOW)


async def test_a_revoked_token_is_nothing(users: Users) -> None:
    await users.add("shop", Role.INTEGRATOR, NOW)
    token = await users.make_token("shop", {Right.LEADS_WRITE}, NOW)
    [listed] = await users.tokens("shop")
    await users.revoke_token(listed.id, NOW)
    assert await users.by_token(token, NOW) is None
    with pytest.raises(Unknown):
        await users.revoke_token(listed.id, NOW)


async def test_a_client_sees_his_projects_and_a_supervisor_all(users: Users, database: Database) -> None:
    async with database.connection() as conn:
        project = await campaigns.create_project(conn, "shop")
    client = await users.add("client", Role.CLIENT, NOW, projects=[project])
    session = await users.open_session(client.id, NOW, NOW + 60)
    seen = await users.by_session(session, NOW)
    assert seen is not None
    assert seen.projects == {project}
    assert not seen.sees(ProjectId(project + 1))
    boss = await users.add("boss", Role.SUPERVISOR, NOW)
    all_seen = await users.by_session(await users.open_session(boss.id, NOW, NOW + 60), NOW)
    assert all_seen is not None
    assert all_seen.projects is None


async def test_what_cannot_be_a_user_is_refused_by_name(users: Users, database: Database) -> None:
    async with database.connection() as conn:
        await agents.save_agent(conn, Agent(AgentId(1001), "Анна"))
    await users.add("anna", Role.AGENT, NOW, agent=AgentId(1001))
    with pytest.raises(NameTaken, match="name"):
        await users.add("anna", Role.ADMIN, NOW)
    with pytest.raises(NameTaken, match="agent number"):
        await users.add("anna2", Role.AGENT, NOW, agent=AgentId(1001))
    with pytest.raises(Refused, match="agent's number"):
        await users.add("boris", Role.AGENT, NOW)
    with pytest.raises(Unknown):
        await users.add("vera", Role.AGENT, NOW, agent=AgentId(9999))
    with pytest.raises(Refused):
        await users.add("Robert'); drop table--", Role.ADMIN, NOW)


async def test_no_secret_is_in_the_database(users: Users, database: Database) -> None:
    user = await users.add("olga", Role.SUPERVISOR, NOW, password=PASSWORD)
    secrets = [
        PASSWORD,
        await users.open_session(user.id, NOW, NOW + 60),
        await users.make_link("olga", NOW),
        await users.make_token("olga", {Right.METRICS}, NOW),
    ]
    async with database.connection() as conn:
        texts = [
            str(await conn.fetch(f"select t::text from dialer.{table} t"))
            for table in ("app_user", "web_session", "login_link", "token", "audit")
        ]
    for secret in secrets:
        assert not any(secret in text for text in texts)


async def test_the_audit_log_tells_who_did_what_newest_first(users: Users) -> None:
    first = AuditEntry(NOW, "olga", "campaign.start", "1")
    then = AuditEntry(NOW + 1, "cli:root", "user.add", "anna", {"role": "agent"})
    await users.audit(first)
    await users.audit(then)
    assert await users.audited() == [then, first]
