-- name: lock_segments
-- Until the transaction ends: no sealing step runs, so that sealed and waiting responses stay separate.
select pg_advisory_xact_lock(hashtextextended('sipas segments', 0));

-- name: create_withdrawn
-- Imported responses withdrawn from a round, until the transaction ends. It allows the withdrawal to the
-- rules of the database.
set local sipas.withdraws_import = 'on';
drop table if exists pg_temp.withdrawn;
create temporary table withdrawn (like response) on commit drop;

-- name: withdraw_changed
-- Responses of the file that the round has with other content. An id of version 8 belongs to an import; one of a
-- terminal or a link never does.
with gone as (
    delete from response using incoming
    where round_id = $1 and kiosk_id is null and right(response.id::text, 22) like '8%'
        and right(response.id::text, 22) = right(incoming.id::text, 22) and response.digest <> incoming.digest
    returning response.*
)
insert into withdrawn select * from gone;

-- name: withdraw_import
-- Responses that an import stored and no later one replaced: a replacement has the same id, and a later time.
with gone as (
    delete from response using response_import
    where response_import.id = $1 and kiosk_id is null and right(response.id::text, 22) like '8%'
        and response.id = any(ids) and received_at = imported_at
    returning response.*
)
insert into withdrawn select * from gone;

-- name: list_replaced
-- Those of the withdrawn responses that an earlier import had under the same id, by the latest of these imports.
-- Ids are compared without their time, which a correction may change.
select file, count(*) from (
    select distinct on (right(withdrawn.id::text, 22)) earlier.id, earlier.file
    from response_import as later
    join response_import as earlier
        on earlier.round_id = later.round_id and earlier.id < later.id and earlier.withdrawn_at is null
    cross join unnest(earlier.ids) as held
    join withdrawn on right(withdrawn.id::text, 22) = right(held::text, 22)
    where later.id = $1
    order by right(withdrawn.id::text, 22), earlier.id desc
) as replaced
group by id, file order by id;

-- name: list_rounds_withdrawn
-- Before the queue is shortened: those that still wait are in no segment.
select distinct round_id from withdrawn
where not exists (
    select from (select unnest(ids) as id from uncounted) as waiting where waiting.id = withdrawn.id
);

-- name: shorten_uncounted
update uncounted set ids = array(
    select one from unnest(ids) as one where not exists (select from withdrawn where withdrawn.id = one)
)
where exists (select from unnest(ids) as one join withdrawn on withdrawn.id = one);

-- name: delete_empty_uncounted
delete from uncounted where cardinality(ids) = 0;

-- name: insert_import
-- ids: of the responses that this transaction stored, known by the time of receipt.
insert into response_import (round_id, file, sha256, imported_by, stored, duplicate, replaced, ids)
select $1, $2, $3, $4, $5, $6, $7, coalesce(array_agg(response.id), '{}')
from response join incoming on response.id = incoming.id
where response.received_at = now()
returning id;

-- name: list_imports
select response_import.id, round.code as round, file, imported_at, imported_by, stored, duplicate, replaced,
    withdrawn_at, withdrawn_by
from response_import join round on round.id = round_id
where $1::text is null or round.code = $1
order by response_import.id;

-- name: find_import
select round_id, file, withdrawn_at from response_import where id = $1 for update;

-- name: mark_withdrawn
update response_import set withdrawn_at = now(), withdrawn_by = $2 where id = $1;
