-- name: insert_poster
insert into poster (code, unit_id, round_id) values ($1, $2, $3);

-- name: find_poster
select unit_id, round_id from poster where code = $1 and retired_at is null;

-- name: list_posters
select poster.code, unit.code as unit, unit.name, round.code as round, retired_at
from poster join unit on unit.id = unit_id left join round on round.id = round_id order by poster.id;

-- name: retire_poster
update poster set retired_at = now() where code = $1 and retired_at is null returning true;

-- name: use_form
-- No row if the form was sent before.
insert into poster_form (hash, expires_on) values ($1, $2) on conflict (hash) do nothing returning true;

-- name: find_form
select true from poster_form where hash = $1;

-- name: delete_expired_forms
delete from poster_form where expires_on < $1;
