-- name: insert_opt_out
insert into opt_out (phone_hash, since) values ($1, $2) on conflict do nothing returning true;

-- name: list_opted_out
select phone_hash from opt_out where phone_hash = any($1);
