-- name: insert_kiosk
insert into kiosk (unit_id, code_hash, code_expires_at) values ($1, $2, now() + $3::interval) returning id;

-- name: trade_code
-- The code is spent in the same statement, so that two who hold it cannot both enrol.
update kiosk set token_hash = $2, enrolled_at = now(), code_hash = null, code_expires_at = null
where code_hash = $1 and code_expires_at > now() and retired_at is null
returning id, unit_id;

-- name: find_kiosk
select id, unit_id, retired_at from kiosk where token_hash = $1;

-- name: list_kiosks
select kiosk.id, unit.code as unit, unit.name as unit_name, enrolled_at, retired_at, heard_at, heartbeat
from kiosk join unit on unit.id = unit_id order by kiosk.id;

-- name: retire_kiosk
update kiosk set retired_at = coalesce(retired_at, now()), code_hash = null, code_expires_at = null
where id = $1 returning id;

-- name: record_heartbeat
update kiosk set heard_at = now(), heartbeat = $2 where id = $1;
