-- The campaigns that dialled in [$1, $2), with how many attempts.
select a.campaign, c.name, count(*) as attempts
from dialer.attempt a
join dialer.campaign c on c.id = a.campaign
where a.id >= dialer.uuid7_floor($1::timestamptz) and a.id < dialer.uuid7_floor($2::timestamptz) and a.dialled_at is not null
group by a.campaign, c.name
order by attempts desc, a.campaign
