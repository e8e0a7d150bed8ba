-- name: insert_links
insert into link (token_hash, round_id, unit_id, procedure_id, service_channel, completed_on, opt_out_hash, expires_at)
select token_hash, round_id, unit_id, procedure_id, service_channel, completed_on, opt_out_hash,
    now() + $8::interval
from unnest($1::bytea[], $2::int[], $3::int[], $4::int[], $5::text[], $6::date[], $7::bytea[])
    as made (token_hash, round_id, unit_id, procedure_id, service_channel, completed_on, opt_out_hash);

-- name: find_open_link
-- The transaction and draft of a link; no row if it is used, expired or unknown, or
-- if its round is not open.
select round_id, unit_id, procedure_id, service_channel, completed_on, opt_out_hash, opened, started, encrypted
from link join round on round.id = round_id left join draft using (token_hash)
where token_hash = $1 and not used and expires_at > now()
    and opens_at <= now() and coalesce(closes_at > now(), true);

-- name: mark_opened
update link set opened = true where token_hash = $1 and not opened and not used returning true;

-- name: mark_started
update link set started = true where token_hash = $1 and not started and not used returning true;

-- name: forget_phone
update link set opt_out_hash = null where opt_out_hash = $1;

-- name: save_draft
-- The lock waits for a use of the link; after that no draft is kept.
insert into draft (token_hash, encrypted)
select token_hash, $2 from link where token_hash = $1 and not used for share
on conflict (token_hash) do update set encrypted = excluded.encrypted;

-- name: use_link
-- Marks a link as used, clears its transaction, and keeps the encrypted answer for the mix, in one statement; no row
-- if it is used or expired, or its round is not open. The row lock admits one of any number of concurrent
-- posts.
with was as (
    select token_hash, round_id
    from link join round on round.id = round_id
    where token_hash = $1 and not used and expires_at > now()
        and opens_at <= now() and coalesce(closes_at > now(), true)
    for no key update of link
), used as (
    update link set used = true, unit_id = null, procedure_id = null, service_channel = null, completed_on = null,
        expires_at = null, opened = false, started = false, opt_out_hash = null
    from was where link.token_hash = was.token_hash
), forgotten as (
    delete from draft using was where draft.token_hash = was.token_hash
)
insert into pending (round_id, due_on, encrypted) select round_id, $2, $3 from was
returning true;

-- name: delete_dead_drafts
-- Drafts of links that were used just before the draft arrived, or that can no longer be used.
delete from draft using link
where draft.token_hash = link.token_hash and (used or expires_at <= now());

-- name: forget_phones_of_expired_links
update link set opt_out_hash = null where expires_at <= now() and opt_out_hash is not null;

-- name: count_links
select round.code as round, count(*) as links, count(*) filter (where used) as used,
    count(*) filter (where not used and expires_at <= now()) as expired
from link join round on round.id = round_id group by round.code order by round.code;

-- name: add_failed_lookups
-- The number of failures in this minute, including these; last week's minutes are deleted.
with gone as (
    delete from failed_lookup where minute < now() - interval '7 days'
)
insert into failed_lookup as counted (minute, n) values (date_trunc('minute', now()), $1)
on conflict (minute) do update set n = counted.n + excluded.n
returning n;
