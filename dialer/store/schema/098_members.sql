-- Whose work tells of a campaign in [begins, ends): the agents of its groups; where it needs a skill, those who have it, or
-- took its calls then.
create function dialer.members(of_campaign integer, begins timestamptz, ends timestamptz) returns setof integer
language sql stable
begin atomic
    select distinct m.agent
    from dialer.campaign_group g
    join dialer.agent_group_member m on m.agent_group = g.agent_group
    join dialer.campaign c on c.id = g.campaign
    where g.campaign = of_campaign
      and (
          c.skill is null
          or exists (
              select from dialer.agent_skill s
              where s.agent = m.agent and s.skill = c.skill and s.level >= c.skill_level
          )
          or exists (
              select from dialer.agent_state_log l
              join dialer.attempt a on a.id = l.attempt
              where l.agent = m.agent and l.since >= begins and l.since < ends and a.campaign = of_campaign
          )
      );
end;
