-- Who of a list is there already, asked by the batch before it is put in.

-- A lead without an order's name and without a number yet is told by what is asked about it: the same list sent again
-- must not ask it twice, whatever was decided meanwhile. It is the first half of the MD5 of its candidates.
alter table dialer.lead add column question bigint; -- null: something else tells the lead

update dialer.lead l
set question = q.question
from (
    select distinct on (o.list, md5(o.fields ->> 'candidates'))
           o.id, ('x' || substr(md5(o.fields ->> 'candidates'), 1, 16))::bit(64)::bigint as question
    from dialer.lead o
    where o.state = 'needs_decision' and o.external_id is null and o.number is null and o.fields ? 'candidates'
    order by o.list, md5(o.fields ->> 'candidates'), o.id
) q
where l.id = q.id;

create unique index lead_question on dialer.lead (list, question) where question is not null;

-- Functions, because they forbid to read the table from end to end: a plan is kept for a minute, and one that was made
-- while the table held a few rows would look through all of them for each of five thousand.

create function dialer.known_external_ids(of_project integer, wanted text[]) returns setof text
language sql stable set enable_seqscan = off
begin atomic
    select l.external_id from dialer.lead l where l.project = of_project and l.external_id = any(wanted);
end;

-- Of leads without an order's name.
create function dialer.known_numbers(of_list integer, wanted text[]) returns setof text
language sql stable set enable_seqscan = off
begin atomic
    select coalesce(l.first_number, l.number)
    from dialer.lead l
    where l.list = of_list and coalesce(l.first_number, l.number) = any(wanted) and l.external_id is null;
end;

create function dialer.known_questions(of_list integer, wanted bigint[]) returns setof bigint
language sql stable set enable_seqscan = off
begin atomic
    select l.question from dialer.lead l where l.list = of_list and l.question = any(wanted);
end;

-- Numbers that came to a project since then, each with the lead that brought it last.
create function dialer.numbers_since(of_project integer, wanted text[], since timestamptz)
returns table (number text, lead uuid)
language sql stable set enable_seqscan = off
begin atomic
    select distinct on (h.number) h.number, o.id
    from dialer.phone h
    join dialer.lead o on o.id = h.lead
    where o.project = of_project and h.number = any(wanted) and o.withdrawn is null and o.created_at > since
    order by h.number, o.id desc;
end;
