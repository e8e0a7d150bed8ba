-- name: find_check_value
select value from secret_check;

-- name: keep_check_value
-- If two starts with different secrets coincide, the first one counts.
insert into secret_check (value) values ($1)
on conflict (only_one) do update set value = secret_check.value returning value;

-- name: replace_check_value
insert into secret_check (value) values ($1) on conflict (only_one) do update set value = excluded.value;

-- name: count_lost
-- Data that depends on the secret: open links, waiting messages and answers, typed paper forms, opt-outs,
-- transactions.
select
    (select count(*) from link where not used and expires_at > now()) as open_links,
    (select count(*) from message where state = 'waiting') as waiting_messages,
    (select count(*) from pending) as waiting_answers,
    (select count(*) from paper_entry) as paper_entries,
    (select count(*) from opt_out) as opt_outs,
    (select count(*) from transaction) as transactions;
