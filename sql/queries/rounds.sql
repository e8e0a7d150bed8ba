-- name: insert_round
insert into round (code, instrument_id, strata, index_code, target, opens_at, closes_at, anonymity, coarsening,
    mixed_every)
values ($1, $2, $3, coalesce($4, ''), $5, $6, $7, $8, $9, $10) returning id;

-- name: close_round
-- No row if it is closed already or has not opened yet.
update round set closes_at = now()
where code = $1 and opens_at < now() and (closes_at is null or closes_at > now())
returning closes_at;
