-- name: list_unsafe_settings
-- Settings that could lose an acknowledged answer. fsync and full_page_writes are set on the server.
-- synchronous_commit is checked in this session: ours sets it to on, which overrides the server, the
-- database and the role; only a pooler or SET can have changed it. (remote_apply is stricter than on.)
-- A read-only database, such as a standby, stores nothing.
select name, setting from pg_settings
where name in ('fsync', 'full_page_writes') and setting = 'off'
    or name = 'synchronous_commit' and setting not in ('on', 'remote_apply')
    or name = 'transaction_read_only' and setting = 'on'
order by name;

-- name: list_parameter_logging
-- Settings that write parameters of statements to the server's log, as in this session. Answers of links are
-- encrypted there, and no log connects a link to its answer; but kiosk answers and comments are readable.
-- Settings of extensions that are not loaded do not exist.
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
-- Sorts more than work_mem: Postgres writes half a megabyte to a temporary file, which fails on a full disk.
select count(*) from (select n from generate_series(1, 30000) as n order by n desc) as sorted;
