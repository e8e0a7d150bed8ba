-- name: lock_units
-- One import of units at a time; readers are not blocked.
lock table unit in share row exclusive mode;

-- name: insert_units
insert into unit (code, name, type, valid_from, valid_to)
select code, name, type, valid_from, valid_to
from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::date[])
    as new (code, name, type, valid_from, valid_to)
returning code, valid_from, id;

-- name: update_units
-- Code and valid_from identify a unit: they never change.
update unit
set name = changed.name, type = changed.type, parent_id = changed.parent_id, valid_to = changed.valid_to
from unnest($1::int[], $2::text[], $3::text[], $4::int[], $5::date[])
    as changed (id, name, type, parent_id, valid_to)
where unit.id = changed.id;

-- name: list_successions
select old_unit_id, new_unit_id, share from succession order by old_unit_id, new_unit_id;

-- name: upsert_successions
insert into succession (old_unit_id, new_unit_id, share)
select old_unit_id, new_unit_id, share
from unnest($1::int[], $2::int[], $3::double precision[]) as given (old_unit_id, new_unit_id, share)
on conflict on constraint succession_pkey do update set share = excluded.share;
