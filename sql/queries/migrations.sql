-- name: lock_migrations
-- Two migrations at once take turns; the lock ends with the transaction.
select pg_advisory_xact_lock(hashtextextended('sipas migrations', 0));

-- name: find_migration_table
select to_regclass('schema_migration')::text;

-- name: list_applied_migrations
select number from schema_migration order by number;

-- name: insert_migration
insert into schema_migration (number) values ($1);
