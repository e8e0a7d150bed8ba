-- name: insert_pending
insert into pending (round_id, unit_id, procedure_id, service_channel, channel, day, complete, form, language, answers)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::smallint[]);

-- name: count_pending
-- Answers of the days before $1, and the first of these days.
select count(*) as answers, min(day) as first from pending where day < $1;

-- name: lock_pending
-- Waits for who is writing, and lets nobody else in until the mix is done. Not for long: a backup may be reading.
set local lock_timeout = '2s';
lock table pending in access exclusive mode;

-- name: list_pending
select round_id, unit_id, procedure_id, service_channel, channel, day, complete, form, language, answers
from pending;

-- name: empty_pending
-- A new file: no version of a row that was in it stays in the old one.
truncate pending;

-- name: vacuum_forgotten
-- What links were about until they were used, and whom messages were for, stays in the files until then.
vacuum link, draft, message, transaction;
