-- name: try_lock_cells
-- One cell step at a time. It does not wait: a waiting step would hold a connection that intake may need.
select pg_try_advisory_xact_lock(hashtextextended('sipas cells', 0));

-- name: hold_cells
select pg_advisory_lock(hashtextextended('sipas cells', 0));

-- name: release_cells
select pg_advisory_unlock(hashtextextended('sipas cells', 0));

-- name: take_uncounted
-- The oldest entries, up to that many responses. Sequence numbers are recorded: missing ones were lost on a terminal,
-- or are still there.
with taken as (
    delete from uncounted where batch in (
        select batch from (
            select batch, cardinality(ids) as size, sum(cardinality(ids)) over (order by batch) as upto
            from (select batch, ids from uncounted order by batch limit $1) as oldest
        ) as summed
        where upto - size < $1
    ) returning ids
), sent as (
    select kiosk_id, sequence, round_id, unit_id, procedure_id, service_channel, channel, form, complete,
        submitted_at, attributes, answers, field, time_kept
    from response where id in (select unnest(ids) from taken)
), noted as (
    update kiosk set received = received + numbers
    from (
        select kiosk_id, range_agg(int8range(sequence, sequence, '[]')) as numbers
        from sent where sequence is not null group by kiosk_id
    ) as of_kiosk
    where kiosk.id = of_kiosk.kiosk_id
)
select round_id, unit_id, procedure_id, service_channel, channel, form, complete,
    case when time_kept is distinct from 'round'
        then date_trunc('month', submitted_at at time zone 'Asia/Ho_Chi_Minh')::date end as month,
    attributes::text as attributes, field, kiosk_id is not null as from_terminal,
    string_agg(array_send(answers), '') as answers
from sent
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;

-- name: next_cells_version
-- The row is locked until commit, so versions become visible in the order in which they were given.
insert into cells_version as held (round_id, version) values ($1, 1)
on conflict (round_id) do update set version = held.version + 1
returning version;

-- name: add_cells
insert into cell as held (round_id, unit_id, procedure_id, service_channel, channel, form, complete, month,
    attributes, field, n, sums, version)
select $1, unit_id, procedure_id, service_channel, channel, form, complete, month, attributes::jsonb, field,
    n, sums::bigint[], $2
from unnest($3::int[], $4::int[], $5::text[], $6::text[], $7::text[], $8::boolean[], $9::date[], $10::text[],
    $11::text[], $12::bigint[], $13::text[])
    as added (unit_id, procedure_id, service_channel, channel, form, complete, month, attributes, field, n, sums)
on conflict on constraint cell_key_once do update
    set n = held.n + excluded.n, sums = add_sums(held.sums, excluded.sums), version = excluded.version;

-- name: list_counted
-- The responses of a round that its cells should count: all except those still waiting.
select round_id, unit_id, procedure_id, service_channel, channel, form, complete,
    case when time_kept is distinct from 'round'
        then date_trunc('month', submitted_at at time zone 'Asia/Ho_Chi_Minh')::date end as month,
    attributes::text as attributes, field, kiosk_id is not null as from_terminal, array_send(answers) as answers
from response
where round_id = $1 and not exists (
    select from (select unnest(ids) as id from uncounted) as waiting where waiting.id = response.id
);

-- name: count_stored
select round_id, count(*) as responses,
    count(*) filter (where id in (select unnest(ids) from uncounted)) as waiting
from response group by round_id;

-- name: count_orphans
with waiting as (select unnest(ids) as id from uncounted)
select
    (select count(*) from response where not exists (select from round where round.id = round_id))
        as responses_of_no_round,
    (select count(*) from waiting where not exists (select from response where response.id = waiting.id))
        as waiting_without_response,
    (select count(*) - count(distinct id) from waiting) as waiting_twice;

-- name: list_cells
select unit_id, procedure_id, service_channel, channel, form, complete, month, attributes::text as attributes,
    field, n, sums
from cell where round_id = $1;

-- name: delete_uncounted
delete from uncounted;

-- name: next_rebuild
insert into cells_version as held (round_id, version, rebuilds) values ($1, 1, 1)
on conflict (round_id) do update set version = held.version + 1, rebuilds = held.rebuilds + 1
returning version;

-- name: delete_cells
delete from cell where round_id = $1;
