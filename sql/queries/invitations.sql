-- name: list_invitations
select round_id, seed, rate, delay, again_after, lasts, remind_after from invitation;

-- name: list_invitation_strata
select round_id, unit_id, procedure_id, service_channel, rate from invitation_stratum;

-- name: upsert_invitation
insert into invitation (round_id, seed, rate, delay, again_after, lasts, remind_after)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (round_id) do update set seed = excluded.seed, rate = excluded.rate, delay = excluded.delay,
    again_after = excluded.again_after, lasts = excluded.lasts, remind_after = excluded.remind_after;

-- name: delete_invitation_strata
delete from invitation_stratum where round_id = $1;

-- name: insert_invitation_strata
insert into invitation_stratum (round_id, unit_id, procedure_id, service_channel, rate)
select $1, unit_id, procedure_id, service_channel, rate
from unnest($2::int[], $3::int[], $4::text[], $5::double precision[])
    as stratum (unit_id, procedure_id, service_channel, rate);

-- name: take_due
-- Locked for one step; other steps skip them.
select id_hash, round_id, unit_id, procedure_id, service_channel, completed_at, cancelled, phone
from transaction where due_at <= $1 order by due_at limit $2 for update skip locked;

-- name: settle_due
update transaction set due_at = null, phone = null where id_hash = any($1::bytea[]);

-- name: ask_phones
-- Phones that the round has not invited recently, recorded as invited. In one order, so that two steps cannot
-- deadlock.
insert into contact (round_id, phone_hash, asked_on)
select distinct round_id, phone_hash, $3::date from unnest($1::int[], $2::bytea[]) as phone (round_id, phone_hash)
order by round_id, phone_hash
on conflict (round_id, phone_hash) do update set asked_on = excluded.asked_on
    where contact.asked_on + (select again_after from invitation where invitation.round_id = excluded.round_id)
        <= excluded.asked_on
returning round_id, phone_hash;

-- name: delete_old_contacts
-- With their rounds.
delete from contact using round where round.id = round_id and closes_at <= $1;

-- name: insert_invitation_messages
insert into message (key, kind, round_id, unit_id, procedure_id, service_channel, transaction_hash, link_hash,
    payload, contact_hash, state, due_at, expires_at)
select gen_random_uuid(), 'invitation', round_id, unit_id, procedure_id, service_channel, transaction_hash, link_hash,
    payload, contact_hash, 'waiting', $1, link.expires_at
from unnest($2::bytea[], $3::bytea[], $4::bytea[], $5::bytea[])
    as made (transaction_hash, link_hash, payload, contact_hash)
join link on token_hash = link_hash;
