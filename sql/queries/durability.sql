-- name: list_unsafe_settings
-- What would let an answer be acknowledged and yet be lost. fsync and full_page_writes are the server's.
-- synchronous_commit counts as it is in this session: ours asks for it to be on, which overrules the server, the
-- database and the role; only a pooler between us, or SET, can have taken it back. (remote_apply is more than on.)
-- A database that only reads, a standby for one, stores nothing at all.
select name, setting from pg_settings
where name in ('fsync', 'full_page_writes') and setting = 'off'
    or name = 'synchronous_commit' and setting not in ('on', 'remote_apply')
    or name = 'transaction_read_only' and setting = 'on'
order by name;

-- name: list_parameter_logging
-- What makes the server write parameters of statements into its log, as it is in this session. Answers of links are
-- encrypted in them, and no log leads from a link to its answer; but it holds kiosk answers with their comments.
-- Settings of extensions that are not loaded are not there.
with setting as (
    select name, setting as value from pg_settings
), longest as (
    select coalesce(max(value), '-1') <> '0' as logged from setting where name = 'log_parameter_max_length'
)
select name, value from setting, longest
where logged and (
        name in ('log_min_duration_statement', 'log_min_duration_sample') and value <> '-1'
        or name = 'log_statement' and value in ('mod', 'all')
        or name = 'log_transaction_sample_rate' and value <> '0')
    or name = 'log_parameter_max_length_on_error' and value <> '0'
    or name = 'auto_explain.log_min_duration' and value <> '-1'
        and exists (select from setting as other where other.name = 'auto_explain.log_parameter_max_length'
            and other.value <> '0')
    or name = 'pgaudit.log_parameter' and value = 'on'
order by name;

-- name: limit_sort_memory
-- Until the end of the transaction.
select set_config('work_mem', '64kB', true);

-- name: probe_disk
-- Sorts more than that: Postgres writes half a megabyte to a temporary file, which a full disk refuses.
select count(*) from (select n from generate_series(1, 30000) as n order by n desc) as sorted;
