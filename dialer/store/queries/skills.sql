-- What agents can do: a word and a level from 1 to 9.

-- name: skills
select agent, skill, level
from dialer.agent_skill
where :agents::integer[] is null or agent = any(:agents::integer[])
order by agent, skill;

-- name: set_skills
with left_out as (
    delete from dialer.agent_skill where agent = :agent and skill <> all(:skills::text[])
)
insert into dialer.agent_skill (agent, skill, level)
select :agent, t.skill, t.level from unnest(:skills::text[], :levels::integer[]) as t (skill, level)
on conflict (agent, skill) do update set level = excluded.level;
