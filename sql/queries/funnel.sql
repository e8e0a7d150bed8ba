-- name: add_funnel
-- In one order, so that two who count the same strata wait for each other and never in a circle.
insert into funnel (round_id, unit_id, procedure_id, service_channel, day, step, reason, n)
select round_id, unit_id, procedure_id, service_channel, day, step, reason, sum(n)
from unnest($1::int[], $2::int[], $3::int[], $4::text[], $5::date[], $6::text[], $7::text[], $8::bigint[])
    as taken (round_id, unit_id, procedure_id, service_channel, day, step, reason, n)
group by round_id, unit_id, procedure_id, service_channel, day, step, reason
order by round_id, unit_id, procedure_id, service_channel, day, step, reason
on conflict on constraint funnel_once do update set n = funnel.n + excluded.n;
