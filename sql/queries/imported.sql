-- name: create_incoming
-- The rows of a file, until the importing transaction ends.
drop table if exists pg_temp.incoming;
create temporary table incoming (
    id uuid not null,
    name text not null,
    unit_id int not null,
    procedure_id int,
    started_at timestamptz,
    submitted_at timestamptz not null,
    complete boolean not null,
    channel text not null,
    service_channel text,
    form text not null,
    language text not null,
    answers smallint[] not null,
    comment text,
    attributes text not null,
    texts text,
    digest bytea not null
) on commit drop;

-- name: store_incoming
-- Store new rows and enter them in `uncounted`, in batches that fit a counting step.
with stored as (
    insert into response (id, round_id, unit_id, procedure_id, started_at, submitted_at, complete, channel,
        service_channel, form, language, answers, comment, attributes, texts, digest)
    select id, $1, unit_id, procedure_id, started_at, submitted_at, complete, channel,
        service_channel, form, language, answers, comment, attributes::jsonb, texts::jsonb, digest
    from incoming
    on conflict (id) do nothing
    returning id
), batched as (
    select id, (row_number() over () - 1) / 10000 as batch from stored
), entered as (
    insert into uncounted (ids) select array_agg(id) from batched group by batch
)
select count(*) from stored;

-- name: list_changed
-- Responses of the file that the round has with other content. After its first 12 digits (the time) an
-- imported id depends on round and response_id only: equal there, it is the same response.
select distinct incoming.name
from incoming
join response on round_id = $1 and right(response.id::text, 22) = right(incoming.id::text, 22)
where response.digest <> incoming.digest
order by incoming.name
limit 20;
