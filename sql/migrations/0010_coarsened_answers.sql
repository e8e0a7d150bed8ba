-- What a round asks of the mix: how many answers must share what is stored, in which order detail is given up, and
-- how long answers wait for each other.
alter table round
    add column anonymity int not null default 5,
    add column coarsening text[] not null default '{week,month,field,service_channel,unit,round}',
    add column mixed_every text not null default 'month',
    add constraint round_anonymity check (anonymity >= 1),
    add constraint round_mixed_every check (mixed_every in ('day', 'week', 'month', 'round'));

-- Which detail a response of the mix kept.
alter table response add column field text, add column time_kept text, add column place_kept text;
alter table cell add column field text, alter column month drop not null, drop constraint cell_key_once,
    add constraint cell_key_once unique nulls not distinct
        (round_id, unit_id, procedure_id, service_channel, channel, form, complete, month, attributes, field);

-- A used link keeps no day. The old days go from the files with the next mix, which vacuums.
drop view withheld;
alter table link drop constraint link_used_forgets, add column used boolean not null default false;
update link set used = true, used_on = null where used_on is not null;
alter table link drop column used_on, add constraint link_used_forgets check (
    (not used and unit_id is not null and expires_at is not null)
    or (used and num_nonnulls(unit_id, procedure_id, service_channel, completed_on,
        expires_at, opt_out_hash) = 0 and not opened and not started));
create view withheld as
select message.id,
    case
        when used or token_hash is null then 'answered already'
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
where state = 'waiting' and (used or token_hash is null or opt_out.phone_hash is not null
    or closes_at <= now() or cancelled or (id_hash is not null
        and (message.unit_id, message.procedure_id, message.service_channel)
            is distinct from (transaction.unit_id, transaction.procedure_id, transaction.service_channel)));

-- Answers wait encrypted. Those that wait already cannot be encrypted here, where there is no key: four zero bytes
-- mark them until the next mix.
alter table pending add column due_on date, add column sealed bytea;
update pending set due_on = day + 1, sealed = '\x00000000'::bytea || convert_to(json_build_object(
    'unit_id', unit_id, 'procedure_id', procedure_id, 'service_channel', service_channel, 'channel', channel,
    'day', day, 'complete', complete, 'form', form, 'language', language, 'answers', answers)::text, 'UTF8');
alter table pending alter column due_on set not null, alter column sealed set not null, drop column unit_id,
    drop column procedure_id, drop column service_channel, drop column channel, drop column day,
    drop column complete, drop column form, drop column language, drop column answers;
