-- name: insert_opt_out
insert into opt_out (phone_hash, since) values ($1, $2) on conflict do nothing returning true;

-- name: list_opted_out
select phone_hash from opt_out where phone_hash = any($1);

-- name: list_rounds_that_ask
select round_id from invitation;

-- name: list_rounds_that_asked
-- Each round knows a phone by another hash.
select round_id from unnest($1::int[], $2::bytea[]) as asked (round_id, phone_hash)
join contact using (round_id, phone_hash);
