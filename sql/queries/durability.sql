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
