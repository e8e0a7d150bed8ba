-- name: insert_opt_out
insert into opt_out (phone_hash, since) values ($1, $2) on conflict do nothing returning true;

-- name: move_opt_out
-- Moves it to the undone ones.
with gone as (delete from opt_out where phone_hash = $1 returning phone_hash, since)
insert into opt_out_undone (phone_hash, since, undone_by, reason) select phone_hash, since, $2, $3 from gone
returning since;

-- name: list_undone_opt_outs
select undone_at, undone_by, reason, since from opt_out_undone order by undone_at;

-- name: count_opt_outs
select count(*) from opt_out;

-- name: list_opted_out
select phone_hash from opt_out where phone_hash = any($1);

-- name: list_rounds_that_ask
select round_id from invitation;

-- name: list_rounds_that_asked
-- Each round knows a phone by another hash.
select round_id from unnest($1::int[], $2::bytea[]) as asked (round_id, phone_hash)
join contact using (round_id, phone_hash);
