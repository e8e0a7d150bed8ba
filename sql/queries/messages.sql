-- name: lock_sending
-- The state of sending: whether it is stopped, today's number of messages, and when the next may go out. Locked.
select stopped_at is not null, case when day = $1 then taken else 0 end, greatest(next_at, $2) from sending for update;

-- name: note_sending
update sending set day = $1, taken = $2, next_at = $3;

-- name: give_back
-- Messages that the provider did not accept do not count for the day.
update sending set taken = greatest(taken - $2, 0) where day = $1;

-- name: stop_sending
-- The first operator who stopped it stays recorded.
update sending set stopped_at = now(), stopped_by = $1 where stopped_at is null;

-- name: resume_sending
update sending set stopped_at = null, stopped_by = null;

-- name: find_stop
select stopped_at, stopped_by from sending where stopped_at is not null;

-- name: claim_messages
-- Due messages that no sender holds, claimed for one sender. Withheld ones are checked row by row: the first rows are
-- nearly always enough, and a join would evaluate the view for all waiting messages.
with due as (
    select message.id from message
    where state = 'waiting' and due_at <= $1 and expires_at > $1 and (claimed_until is null or claimed_until <= $1)
        and (select withheld.reason from withheld where withheld.id = message.id) is null
    order by due_at limit $2 for update skip locked)
update message set claimed_until = $1 + $3::interval, tries = tries + 1 from due where message.id = due.id
returning message.id, key, kind, round_id, unit_id, procedure_id, service_channel, payload, tries, expires_at,
    link_hash;

-- name: mark_sent
-- keeps: a receipt will follow, so the payload is kept until then. Otherwise the key changes: a provider may have
-- stored the old one with the phone.
update message set state = 'sent', sent_on = $3, claimed_until = null, reason = null, contact_hash = null,
    key = case when $4 then key else gen_random_uuid() end,
    provider_id = case when $4 then taken.provider_id end,
    payload = case when $4 then payload end,
    link_hash = case when $4 then link_hash end,
    transaction_hash = case when $4 then transaction_hash end
from unnest($1::bigint[], $2::text[]) as taken (id, provider_id)
where message.id = taken.id and state = 'waiting'
returning kind, round_id, unit_id, procedure_id, service_channel;

-- name: insert_reminders
-- One for each invitation just sent, if its round reminds and round and link last until then.
insert into message (key, kind, round_id, unit_id, procedure_id, service_channel, transaction_hash, link_hash,
    payload, state, due_at, expires_at)
select gen_random_uuid(), 'reminder', round_id, unit_id, procedure_id, service_channel, transaction_hash, link_hash,
    payload, 'waiting', $2::timestamptz + remind_after, expires_at
from message join invitation using (round_id) join round on round.id = round_id
where message.id = any($1) and kind = 'invitation' and state = 'waiting'
    and $2::timestamptz + remind_after < least(expires_at, closes_at);

-- name: put_off_messages
-- counts: whether the attempt counts.
update message set due_at = taken.due_at, claimed_until = null, reason = taken.reason,
    tries = tries - case when counts then 0 else 1 end
from unnest($1::bigint[], $2::timestamptz[], $3::text[], $4::boolean[]) as taken (id, due_at, reason, counts)
where message.id = taken.id and state = 'waiting';

-- name: lock_messages
-- Those that are not final yet, to be finalized in this transaction.
select id, kind, round_id, unit_id, procedure_id, service_channel, state, link_hash
from message where id = any($1) and state in ('waiting', 'sent') order by id for update;

-- name: forget_contacts
-- Contacts of messages that no provider has accepted. In the order in which phones are invited.
with unasked as (
    select contact.round_id, contact.phone_hash
    from message join contact on contact.round_id = message.round_id and contact.phone_hash = contact_hash
    where id = any($1) and state = 'waiting' and tries = 0
    order by contact.round_id, contact.phone_hash for update of contact)
delete from contact using unasked
where contact.round_id = unasked.round_id and contact.phone_hash = unasked.phone_hash;

-- name: store_final_states
-- Stores final states; payload, keys and provider ids are deleted.
update message set state = taken.state, reason = taken.reason, payload = null, link_hash = null,
    transaction_hash = null, provider_id = null, contact_hash = null, key = gen_random_uuid(), claimed_until = null
from unnest($1::bigint[], $2::text[], $3::text[]) as taken (id, state, reason) where message.id = taken.id;

-- name: list_reminders
-- Reminders for the links of failed messages.
select id from message where link_hash = any($1) and kind = 'reminder' and state = 'waiting';

-- name: list_messages_of_phone
-- Unfinished messages to a phone, by the links sent to it.
select message.id, state from message join link on token_hash = link_hash
where opt_out_hash = $1 and state in ('waiting', 'sent');

-- name: list_receipted
select provider_id, id from message where provider_id = any($1) and state = 'sent';

-- name: list_withheld
-- Except those that a sender holds now.
select message.id from message join withheld using (id)
where claimed_until is null or claimed_until <= $1
limit $2;

-- name: lock_withheld
-- Those that must not go out now, except those that a sender holds.
select message.id, kind, link_hash, withheld.reason, ends_link from message join withheld using (id)
where message.id = any($1) and state = 'waiting' and (claimed_until is null or claimed_until <= $2)
order by message.id for update of message;

-- name: list_answered
-- Sent messages whose link has been used meanwhile, or no longer exists.
select id from message
where state = 'sent' and link_hash is not null
    and not exists (select from link where token_hash = link_hash and not used)
limit $1;

-- name: list_expired
select id, state from message
where state in ('waiting', 'sent') and expires_at <= $1 and payload is not null limit $2;

-- name: list_payloads_of_other_keys
select id, payload from message
where payload is not null and substr(payload, 1, length($1::bytea)) <> $1 order by id limit $2 for update;

-- name: reencrypt_payloads
update message set payload = taken.encrypted from unnest($1::bigint[], $2::bytea[]) as taken (id, encrypted)
where message.id = taken.id;

-- name: list_phones_of_other_keys
select id_hash, phone from transaction
where phone is not null and substr(phone, 1, length($1::bytea)) <> $1 order by id_hash limit $2 for update;

-- name: reencrypt_phones
update transaction set phone = taken.encrypted from unnest($1::bytea[], $2::bytea[]) as taken (id_hash, encrypted)
where transaction.id_hash = taken.id_hash;

-- name: count_waiting
-- A round's due messages that are not sent yet, and since when the oldest is due.
select count(*), min(due_at) from message where state = 'waiting' and due_at <= now() and round_id = $1;
