-- name: delete_frame
delete from frame where round_id = $1;

-- name: insert_frame
insert into frame (round_id, unit_id, procedure_id, service_channel, attributes, transactions)
select $1, unit_id, procedure_id, service_channel, attributes::jsonb, transactions
from unnest($2::int[], $3::int[], $4::text[], $5::text[], $6::bigint[])
    as stratum (unit_id, procedure_id, service_channel, attributes, transactions);
