-- name: try_lock_segments
-- One sealing step at a time. It does not wait: a waiting step would hold a connection that intake may need.
select pg_try_advisory_xact_lock(hashtextextended('sipas segments', 0));

-- name: hold_segments
select pg_advisory_lock(hashtextextended('sipas segments', 0));

-- name: release_segments
select pg_advisory_unlock(hashtextextended('sipas segments', 0));

-- name: take_uncounted
-- The oldest entries, up to that many responses, in groups of alike ones. Sequence numbers are recorded:
-- missing ones were lost on a terminal, or are still there.
with taken as (
    delete from uncounted where batch in (
        select batch from (
            select batch, cardinality(ids) as size, sum(cardinality(ids)) over (order by batch) as upto
            from (select batch, ids from uncounted order by batch limit $1) as oldest
        ) as summed
        where upto - size < $1
    ) returning ids
), sent as (
    select round_id, sequence, unit_id, procedure_id, kiosk_id, service_channel, channel, form, language, complete,
        (submitted_at at time zone 'Asia/Ho_Chi_Minh')::date - date '2000-01-01' as day, time_kept, field,
        attributes, answers
    from response where id in (select unnest(ids) from taken)
), noted as (
    update kiosk set received = received + numbers
    from (
        select kiosk_id, range_agg(int8range(sequence, sequence, '[]')) as numbers
        from sent where sequence is not null group by kiosk_id
    ) as of_kiosk
    where kiosk.id = of_kiosk.kiosk_id
), tallied as (
    insert into kiosk_answers as held (round_id, unit_id, month, responses)
    select round_id, unit_id, date_trunc('month', date '2000-01-01' + day)::date, count(*)
    from sent where channel = 'kiosk' group by 1, 2, 3
    on conflict on constraint kiosk_answers_pkey do update set responses = held.responses + excluded.responses
)
select round_id, service_channel, channel, form, language, complete, time_kept, field, attributes::text as attributes,
    kiosk_id is not null as from_terminal, count(*)::int as responses, array_send(array_agg(unit_id)) as unit,
    array_send(array_agg(coalesce(procedure_id, 0))) as procedure,
    array_send(array_agg(coalesce(kiosk_id, 0))) as kiosk, array_send(array_agg(day)) as day,
    string_agg(array_send(answers), '') as answers
from sent group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

-- name: allow_memory
-- For grouping a part of the responses by hashing. Sorting them by ten columns takes as long as all else.
-- hash_mem_multiplier: a long queue too is looked up by hash.
select set_config('work_mem', '128MB', true), set_config('hash_mem_multiplier', '16', true),
    set_config('enable_sort', 'off', true);

-- name: count_pages
select (pg_relation_size('response') / current_setting('block_size')::int)::int;

-- name: list_counted
-- The responses in a range of pages that segments should hold: all except those still waiting. $1: of one round, or of
-- all. Pages are read in their order, which is quickest. `not in`: the queue is hashed, not the responses.
with sent as (
    select round_id, unit_id, procedure_id, kiosk_id, service_channel, channel, form, language, complete,
        (submitted_at at time zone 'Asia/Ho_Chi_Minh')::date - date '2000-01-01' as day, time_kept, field,
        attributes, answers
    from response
    where ctid >= $2::text::tid and ctid < $3::text::tid and ($1::int is null or round_id = $1)
        and id not in (select unnest(ids) from uncounted)
)
select round_id, service_channel, channel, form, language, complete, time_kept, field, attributes::text as attributes,
    kiosk_id is not null as from_terminal, count(*)::int as responses, array_send(array_agg(unit_id)) as unit,
    array_send(array_agg(coalesce(procedure_id, 0))) as procedure,
    array_send(array_agg(coalesce(kiosk_id, 0))) as kiosk, array_send(array_agg(day)) as day,
    string_agg(array_send(answers), '') as answers
from sent group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10;

-- name: next_version
-- The row is locked until commit, so numbers become visible in the order in which they were given.
insert into segments_version as held (round_id, version) values ($1, 1)
on conflict (round_id) do update set version = held.version + 1
returning version;

-- name: next_rebuild
insert into segments_version as held (round_id, version, rebuilds) values ($1, 1, 1)
on conflict (round_id) do update set version = held.version + 1, rebuilds = held.rebuilds + 1
returning version;

-- name: insert_segment
insert into segment (round_id, first, last, responses, data) values ($1, $2, $3, $4, $5);

-- name: delete_segments
delete from segment where round_id = $1 and first >= $2 and last <= $3;

-- name: list_segment_sizes
-- The newest first.
select first, last, responses from segment where round_id = $1 order by first desc limit $2;

-- name: list_rounds_to_merge
select round_id from segment group by round_id having count(*) >= $1 order by count(*) desc;

-- name: list_segments
-- Those that hold something newer than version $2, oldest first. The first may hold something older too.
select first, last, responses, data from segment where round_id = $1 and last > $2 order by first;

-- name: count_segment_responses
select coalesce(sum(responses), 0)::bigint from segment where round_id = $1 and last > $2;

-- name: find_segments_version
select rebuilds, version from segments_version where round_id = $1;

-- name: delete_uncounted
-- Sequence numbers are recorded, as in take_uncounted.
with taken as (
    delete from uncounted returning ids
)
update kiosk set received = received + numbers
from (
    select kiosk_id, range_agg(int8range(sequence, sequence, '[]')) as numbers
    from response where sequence is not null and id in (select unnest(ids) from taken) group by kiosk_id
) as of_kiosk
where kiosk.id = of_kiosk.kiosk_id;

-- name: delete_kiosk_answers
delete from kiosk_answers;

-- name: count_kiosk_answers
insert into kiosk_answers (round_id, unit_id, month, responses)
select round_id, unit_id, date_trunc('month', submitted_at at time zone 'Asia/Ho_Chi_Minh')::date, count(*)
from response join round on round.id = round_id
where channel = 'kiosk' group by 1, 2, 3;

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
