-- name: insert_person
insert into person (name, password_hash, role) values ($1, $2, $3) returning id;

-- name: find_person
select id, password_hash, role from person where name = $1;

-- name: list_people
select name, role from person order by id;

-- name: replace_password
-- Ends sessions started with the old password.
with changed as (
    update person set password_hash = $2 where name = $1 returning id
), ended as (
    delete from session where person_id = (select id from changed)
)
select id from changed;

-- name: delete_person
-- With all sessions.
delete from person where name = $1 returning id;

-- name: insert_session
insert into session (token_hash, person_id, expires_at) values ($1, $2, now() + $3::interval);

-- name: find_session
select person.id, person.name, person.role from session join person on person.id = person_id
where token_hash = $1 and expires_at > now();

-- name: delete_session
delete from session where token_hash = $1 or expires_at <= now();

-- name: insert_api_key
insert into api_key (token_hash, scope, source) values ($1, $2, $3) returning id;

-- name: find_api_key
select scope, source from api_key where token_hash = $1 and retired_at is null;

-- name: list_api_keys
select id as number, scope, source, created_at, retired_at from api_key order by id;

-- name: retire_api_key
update api_key set retired_at = coalesce(retired_at, now()) where id = $1 returning id;

-- name: is_source
-- Whether a key, retired or not, belongs to that source.
select exists (select from api_key where source = $1);
