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
