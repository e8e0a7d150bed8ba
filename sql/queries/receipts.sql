-- name: insert_early_receipts
-- The last receipt of a message counts. In one order, so that two processes cannot deadlock.
insert into early_receipt (provider_id, state, reason, received_at)
select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[])
    as came (provider_id, state, reason, received_at) order by provider_id
on conflict (provider_id) do update set state = excluded.state, reason = excluded.reason;

-- name: list_matched_receipts
select early_receipt.provider_id, message.id, early_receipt.state, early_receipt.reason
from early_receipt join message on message.provider_id = early_receipt.provider_id and message.state = 'sent'
where early_receipt.provider_id = any($1);

-- name: list_overdue_receipts
select early_receipt.provider_id
from early_receipt join message on message.provider_id = early_receipt.provider_id and message.state = 'sent'
limit $1;

-- name: delete_early_receipts
delete from early_receipt where provider_id = any($1);

-- name: delete_old_receipts
delete from early_receipt where received_at < $1 or provider_id in (
    select provider_id from early_receipt order by received_at desc offset $2);
