-- name: insert_pending
insert into pending (round_id, due_on, sealed) values ($1, $2, $3);

-- name: count_due
-- Answers that are due on the day $1, or whose round closed before $2.
select count(*) from pending join round on round.id = round_id where due_on <= $1 or closes_at <= $2;

-- name: lock_pending
-- Waits for who is writing, and lets nobody else in until the mix is done. Not for long: a backup may be reading.
set local lock_timeout = '2s';
lock table pending in access exclusive mode;

-- name: list_pending
select round_id, due_on, sealed from pending;

-- name: empty_pending
-- A new file: no version of a row that was in it stays in the old one.
truncate pending;

-- name: vacuum_forgotten
-- What links were about until they were used, and whom messages were for, stays in the files until then.
vacuum link, draft, message, transaction;
