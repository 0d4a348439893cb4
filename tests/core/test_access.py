"""Roles and rights: what is not listed is not had."""

import pytest

from dialer.core.access import CONFINED, RIGHTS, Principal, Right, Role, effective_rights
from dialer.core.ids import AgentId, ProjectId


def principal(role: Role, **changes: object) -> Principal:
    return Principal(user=1, name="x", role=role, rights=RIGHTS[role], **changes)


def test_every_role_has_its_rights_and_admin_has_all() -> None:
    assert set(RIGHTS) == set(Role)
    assert RIGHTS[Role.ADMIN] == frozenset(Right)
    assert all(rights < RIGHTS[Role.ADMIN] for role, rights in RIGHTS.items() if role is not Role.ADMIN)


def test_only_an_administrator_makes_users() -> None:
    assert [role for role in Role if Right.USERS in RIGHTS[role]] == [Role.ADMIN]


def test_a_client_changes_nothing() -> None:
    assert not {right for right in RIGHTS[Role.CLIENT] if right.endswith(("write", "steer")) or right is Right.DESK}


@pytest.mark.parametrize("role", list(Role))
def test_a_token_never_has_more_than_its_role(role: Role) -> None:
    assert effective_rights(role, frozenset(Right)) == RIGHTS[role]
    assert effective_rights(role, frozenset()) == frozenset()
    assert effective_rights(role) == RIGHTS[role]


def test_an_agent_acts_for_himself_and_a_supervisor_for_all() -> None:
    anna = principal(Role.AGENT, agent=AgentId(1001))
    assert anna.may_act_for(AgentId(1001))
    assert not anna.may_act_for(AgentId(1002))
    assert principal(Role.SUPERVISOR).may_act_for(AgentId(1002))
    assert not principal(Role.CLIENT, agent=AgentId(1001)).may_act_for(AgentId(1001))


def test_who_is_confined_sees_what_he_was_given() -> None:
    assert {Role.CLIENT, Role.INTEGRATOR} == CONFINED
    client = principal(Role.CLIENT, projects=frozenset({ProjectId(1)}))
    assert client.sees(ProjectId(1))
    assert not client.sees(ProjectId(2))
    assert principal(Role.ADMIN).sees(ProjectId(2))
