-- name: insert_pending
insert into pending (round_id, due_on, encrypted, paper) values ($1, $2, $3, $4);

-- name: count_due
-- Answers due on day $1, or whose round closed before $2. Those of paper forms and interviews wait for each other even then.
select count(*) from pending join round on round.id = round_id
where due_on <= $1 or (closes_at <= $2 and not paper);

-- name: lock_pending
-- Waits for writers, and blocks others until the mix is done. Not for long: a backup may be reading.
set local lock_timeout = '2s';
lock table pending in access exclusive mode;

-- name: list_pending
select round_id, due_on, encrypted, paper from pending;

-- name: empty_pending
-- A new file, so that no row version of this table stays in the old one.
truncate pending;

-- name: vacuum_forgotten
-- Former contents of used links, sent messages and typed forms stay in the files until this runs.
vacuum link, draft, message, transaction, paper_form, paper_entry;
