-- name: insert_links
insert into link (token_hash, round_id, unit_id, procedure_id, service_channel, completed_on, expires_at)
select token_hash, $2, $3, $4, $5, $6, now() + $7::interval from unnest($1::bytea[]) as token_hash;

-- name: find_open_link
select round_id, unit_id, procedure_id, service_channel, completed_on
from link join round on round.id = round_id
where token_hash = $1 and used_on is null and expires_at > now() and coalesce(closes_at > now(), true);

-- name: use_link
-- Marks a link used and forgets what it was about, but for telling it once here; no row where it was used or
-- has expired, or its round has closed. The row lock lets one of any number of concurrent posts through.
update link set used_on = (now() at time zone 'Asia/Ho_Chi_Minh')::date,
    unit_id = null, procedure_id = null, service_channel = null, completed_on = null
from (
    select token_hash, round_id, unit_id, procedure_id, service_channel, completed_on
    from link join round on round.id = round_id
    where token_hash = $1 and used_on is null and expires_at > now() and coalesce(closes_at > now(), true)
    for update of link
) as was
where link.token_hash = was.token_hash
returning was.round_id, was.unit_id, was.procedure_id, was.service_channel, was.completed_on;

-- name: count_links
select round.code as round, count(*) as links, count(used_on) as used,
    count(*) filter (where used_on is null and expires_at <= now()) as expired
from link join round on round.id = round_id group by round.code order by round.code;
