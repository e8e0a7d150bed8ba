-- Why a message that waits must not go out is written once.
create view withheld as
select message.id,
    case
        when used_on is not null or token_hash is null then 'answered already'
        when opt_out.phone_hash is not null then 'opted out'
        when closes_at <= now() then 'closed'
        else 'cancelled'
    end as reason,
    kind = 'invitation' or coalesce(cancelled, false) as ends_link
from message
join round on round.id = message.round_id
left join link on token_hash = link_hash
left join opt_out on opt_out.phone_hash = opt_out_hash
left join transaction on id_hash = transaction_hash
where state = 'waiting' and (used_on is not null or token_hash is null or opt_out.phone_hash is not null
    or closes_at <= now() or cancelled or (id_hash is not null
        and (message.unit_id, message.procedure_id, message.service_channel)
            is distinct from (transaction.unit_id, transaction.procedure_id, transaction.service_channel)));

-- Whoever asks to be left alone is found without reading all links.
create index link_opt_out on link (opt_out_hash) where opt_out_hash is not null;

-- Whoever was sent nothing has not been asked.
alter table message add column contact_hash bytea, drop constraint message_forgets, add constraint message_forgets check (
    state in ('waiting', 'sent')
    or num_nonnulls(payload, link_hash, transaction_hash, provider_id, contact_hash) = 0);
