-- name: insert_kiosk
insert into kiosk (unit_id, code_hash, code_expires_at, replaces)
values ($1, $2, now() + $3::interval, $4) returning id;

-- name: take_code
-- The same statement uses the code, so that it cannot enrol two terminals. The terminal that this one
-- replaces is retired here, and stays in use until then.
with enrolled as (
    update kiosk set token_hash = $2, counted_before = $3, enrolled_at = now(), code_hash = null, code_expires_at = null
    where code_hash = $1 and code_expires_at > now() and retired_at is null
    returning id, unit_id, replaces
), replaced as (
    update kiosk set retired_at = coalesce(retired_at, now()), code_hash = null, code_expires_at = null
    where id = (select replaces from enrolled)
)
select id, unit_id from enrolled;

-- name: find_kiosk
select id, unit_id, retired_at from kiosk where token_hash = $1;

-- name: find_kiosk_by_number
select id, unit_id, retired_at from kiosk where id = $1;

-- name: list_kiosks
-- missing: sequence numbers without a response or a row in quarantine, including submissions that still wait on the
-- terminal. held: arrived after it was retired; refused: arrived this week and could not be accepted.
with kept as (
    select kiosk_id,
        range_agg(int8range(sequence, sequence, '[]')) filter (where sequence is not null) as numbers,
        count(*) filter (where reason = 'retired') as held,
        count(*) filter (where reason <> 'retired' and received_at > now() - interval '7 days') as refused,
        array_agg(distinct reason) filter (where reason <> 'retired' and received_at > now() - interval '7 days')
            as reasons
    from quarantine where kiosk_id is not null group by kiosk_id
), known as (
    select id, received + coalesce(numbers, '{}') as numbers from kiosk left join kept on kiosk_id = id
)
select kiosk.id as kiosk, unit_id, unit.code as unit, unit.name as unit_name, code_expires_at, enrolled_at, retired_at,
    replaces, heard_at, heartbeat, coalesce(held, 0) as held, coalesce(refused, 0) as refused,
    coalesce(reasons, '{}') as reasons,
    int8multirange(int8range(counted_before + 1, 1 + greatest(
        counted_before, (heartbeat ->> 'sequence')::bigint, upper(known.numbers) - 1))) - known.numbers as missing
from kiosk
join unit on unit.id = unit_id
join known on known.id = kiosk.id
left join kept on kiosk_id = kiosk.id
order by kiosk.id;

-- name: retire_kiosk
update kiosk set retired_at = coalesce(retired_at, now()), code_hash = null, code_expires_at = null
where id = $1 returning id;

-- name: record_heartbeat
update kiosk set heard_at = now(), heartbeat = $2 where id = $1;

-- name: list_held
-- Submissions of a terminal that were not counted.
select id, raw, received_at from quarantine where kiosk_id = $1 order by id;

-- name: delete_quarantined
delete from quarantine where id = any($1::bigint[]);

-- name: delete_settings
delete from kiosk_setting;

-- name: insert_settings
insert into kiosk_setting (unit_id, kiosk_id, settings) values ($1, $2, $3);

-- name: list_settings
-- From general to specific, so that later rows override earlier ones.
select unit.code as unit, kiosk_id as kiosk, settings
from kiosk_setting left join unit on unit.id = unit_id
order by kiosk_id is not null, unit_id is not null, unit.code, kiosk_id;

-- name: list_settings_for
-- Like the statement above, for one terminal.
select settings from kiosk_setting
where coalesce(unit_id, $2) = $2 and coalesce(kiosk_id, $1) = $1
order by kiosk_id is not null, unit_id is not null;

-- name: count_answered
-- At a unit's terminals, as far as counted.
select coalesce(sum(responses), 0)::bigint from kiosk_answers where round_id = $1 and unit_id = $2 and month = $3;
