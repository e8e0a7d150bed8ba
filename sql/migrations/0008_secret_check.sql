-- A keyed hash of a constant, by which a wrong secret is found before anything is stored under it.
create table secret_check (
    value bytea not null,
    only_one boolean not null default true constraint secret_check_pkey primary key check (only_one)
);
