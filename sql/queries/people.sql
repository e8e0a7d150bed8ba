-- name: insert_person
insert into person (name, password_hash) values ($1, $2) returning id;

-- name: find_person
select id, password_hash from person where name = $1;

-- name: insert_session
insert into session (token_hash, person_id, expires_at) values ($1, $2, now() + $3::interval);

-- name: find_session
select person.name from session join person on person.id = person_id
where token_hash = $1 and expires_at > now();

-- name: delete_session
delete from session where token_hash = $1 or expires_at <= now();

-- name: insert_api_key
insert into api_key (token_hash, scope, source) values ($1, $2, $3) returning id;

-- name: find_api_key
select scope, source from api_key where token_hash = $1 and retired_at is null;
