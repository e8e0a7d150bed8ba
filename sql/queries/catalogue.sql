-- name: get_catalogue_version
select version from catalogue_version;

-- name: list_units
select id, code, name, type, parent_id, valid_from, valid_to from unit order by id;

-- name: list_procedures
select id, code, name, field, name_en, field_en from procedure order by id;

-- name: list_instruments
select id, source from instrument order by id;

-- name: list_rounds
select id, code, instrument_id, strata, nullif(index_code, '') as index_code, target, opens_at, closes_at, anonymity,
    coarsening, mixed_every
from round order by id;

-- name: list_offered_procedures
-- The procedures that a unit completed in a round: its kiosk offers these.
select distinct procedure_id from frame
where round_id = $1 and unit_id = $2 and procedure_id is not null and transactions > 0
    and (service_channel is null or service_channel = $3)
union
select distinct procedure_id from transaction_count
where round_id = $1 and unit_id = $2 and transactions > 0 and service_channel = $3
    and not exists (select from frame where frame.round_id = $1)
order by procedure_id;
