-- name: insert_responses
-- One batch of a group commit. The same statement enters the stored rows in `uncounted`.
-- A retired terminal's rows are left out here, where no cache can be outdated, unless $2 includes them.
-- An answer without a terminal is received on the day that it names: the time of a visit leads to no response.
-- By id, so that batches with the same ids lock in one order; of two rows with one id the
-- first one sent is stored.
-- One JSON text costs the sender a quarter of what arrays for each column cost, and the server a quarter more.
-- Answers are parsed as one array: json_to_recordset would parse the numbers one by one.
with sent as (
    select id, round_id, unit_id, procedure_id, kiosk_id, sequence, started_at, submitted_at, complete, channel,
        service_channel, form, language, translate(answers, '[]', '{}')::smallint[] as answers, comment, attributes,
        decode(digest, 'base64') as digest, field, time_kept, place_kept, texts, place
    from rows from (
        json_to_recordset($1::json) as (id uuid, round_id int, unit_id int, procedure_id int, kiosk_id int,
            sequence int, started_at timestamptz, submitted_at timestamptz, complete boolean, channel text,
            service_channel text, form text, language text, answers text, comment text, attributes jsonb,
            digest text, field text, time_kept text, place_kept text, texts jsonb)
        ) with ordinality
        as row (id, round_id, unit_id, procedure_id, kiosk_id, sequence, started_at, submitted_at, complete,
            channel, service_channel, form, language, answers, comment, attributes, digest, field, time_kept,
            place_kept, texts, place)
    where $2 or not exists (select from kiosk where kiosk.id = row.kiosk_id and retired_at is not null)
), stored as (
    insert into response (id, round_id, unit_id, procedure_id, kiosk_id, sequence, started_at, submitted_at,
        complete, channel, service_channel, form, language, answers, comment, attributes, digest, field,
        time_kept, place_kept, texts, received_at)
    select id, round_id, unit_id, procedure_id, kiosk_id, sequence, started_at, submitted_at,
        complete, channel, service_channel, form, language, answers, comment, attributes, digest, field, time_kept,
        place_kept, texts, case when kiosk_id is null then submitted_at else now() end
    from sent order by id, place
    on conflict (id) do nothing
    returning id, digest
), queued as (
    insert into uncounted (ids) select array_agg(id) from stored having count(*) > 0
)
select id, digest from stored;

-- name: list_digests
select id, digest from response where id = any($1::uuid[]);

-- name: insert_quarantined
-- In one order, as two writers may store the same rows at once.
insert into quarantine (submission_id, reason, detail, kiosk_id, sequence, raw)
select submission_id, reason, detail, kiosk_id, sequence, raw
from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::bytea[])
    as sent (submission_id, reason, detail, kiosk_id, sequence, raw)
order by sha256(raw), reason
on conflict (sha256(raw), reason) do nothing;

-- name: list_retired_beyond_limits
-- Those of the retired terminals whose quarantine is full, or that were retired too long ago.
select kiosk.id
from kiosk left join quarantine on kiosk_id = kiosk.id
where kiosk.id = any($1::int[]) and retired_at is not null
group by kiosk.id
having count(raw) >= $2 or coalesce(sum(octet_length(raw)), 0) >= $3 or kiosk.retired_at < now() - $4::interval;

-- name: count_responses
select count(*) from response where round_id = $1;
