-- name: delete_frame
delete from frame where round_id = $1;

-- name: insert_frame
insert into frame (round_id, unit_id, procedure_id, service_channel, attributes, transactions)
select $1, unit_id, procedure_id, service_channel, attributes::jsonb, transactions
from unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::bigint[])
    as stratum (unit_id, procedure_id, service_channel, attributes, transactions);

-- name: list_frame
select unit_id, procedure_id, service_channel, attributes::text as attributes, transactions
from frame where round_id = $1;

-- name: list_counted_frame
-- Counts of finished transactions by the strata's columns; none if the round has strata that transactions do not
-- have, or an imported frame.
select case when 'unit' = any(strata) then unit_id end as unit_id,
    case when 'procedure' = any(strata) then procedure_id end as procedure_id,
    case when 'service_channel' = any(strata) then service_channel end as service_channel,
    '{}' as attributes, sum(transactions)::bigint as transactions
from transaction_count join round on round.id = round_id
where round_id = $1 and strata <@ '{unit,procedure,service_channel}'
    and not exists (select from frame where frame.round_id = $1)
group by 1, 2, 3
having sum(transactions) > 0;

-- name: get_counts_version
select coalesce((select version from transaction_count_version where round_id = $1), 0);
