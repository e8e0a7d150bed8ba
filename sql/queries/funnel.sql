-- name: add_funnel
-- In one order, so that two processes counting the same strata cannot deadlock.
insert into funnel (round_id, unit_id, procedure_id, service_channel, day, step, reason, n)
select round_id, unit_id, procedure_id, service_channel, day, step, reason, sum(n)
from unnest($1::int[], $2::int[], $3::int[], $4::text[], $5::date[], $6::text[], $7::text[], $8::bigint[])
    as taken (round_id, unit_id, procedure_id, service_channel, day, step, reason, n)
group by round_id, unit_id, procedure_id, service_channel, day, step, reason
order by round_id, unit_id, procedure_id, service_channel, day, step, reason
on conflict on constraint funnel_once do update set n = funnel.n + excluded.n;

-- name: count_funnel
-- By round and, if requested, by unit and day.
select round.code, case when $2 then unit.code end, case when $3 then day end, step, sum(n)::bigint
from funnel join round on round.id = round_id left join unit on unit.id = unit_id
where $1::text is null or round.code = $1
group by 1, 2, 3, 4;

-- name: count_failures
select round.code, reason, sum(n)::bigint
from funnel join round on round.id = round_id
where step = any($2) and ($1::text is null or round.code = $1) and reason is not null
group by 1, 2 having sum(n) > 0 order by 1, 3 desc, 2;
