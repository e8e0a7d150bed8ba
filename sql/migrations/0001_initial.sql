-- The first version of sql/schema.sql, where the comments are kept up.

create extension if not exists btree_gist;

-- Which files of sql/migrations this database has been through.
create table schema_migration (
    number int not null constraint schema_migration_pkey primary key,
    applied_at timestamptz not null default now()
);

-- Catalogue ----------------------------------------------------------------

-- A unit lives between two dates: when communes merge, a new unit may take an old one's code.
create table unit (
    id int generated always as identity constraint unit_pkey primary key,
    code text not null constraint unit_code_not_empty check (code <> ''),
    name text not null,
    type text not null,
    parent_id int constraint unit_parent references unit,
    valid_from date,
    valid_to date,
    constraint unit_not_its_own_parent check (parent_id <> id),
    constraint unit_dates check (valid_from <= valid_to),
    constraint unit_code_once exclude using gist (code with =, daterange(valid_from, valid_to, '[]') with &&)
);

-- Which units went, wholly or in part, into which. A null share: how much is not known.
create table succession (
    old_unit_id int not null constraint succession_old_unit references unit,
    new_unit_id int not null constraint succession_new_unit references unit,
    share double precision constraint succession_share check (share > 0 and share <= 1),
    constraint succession_pkey primary key (old_unit_id, new_unit_id),
    constraint succession_of_another check (old_unit_id <> new_unit_id)
);

create table procedure (
    id int generated always as identity constraint procedure_pkey primary key,
    code text not null constraint procedure_code_once unique,
    name text not null,
    field text not null
);

-- A published questionnaire. It never changes: what was answered stays readable as it was asked.
create table instrument (
    id int generated always as identity constraint instrument_pkey primary key,
    code text not null,
    version int not null constraint instrument_version_positive check (version > 0),
    source text not null,
    published_at timestamptz not null default now(),
    constraint instrument_version_once unique (code, version)
);

-- A survey round. What an instrument collects at a moment belongs to one round.
create table round (
    id int generated always as identity constraint round_pkey primary key,
    code text not null constraint round_code_once unique,
    instrument_id int not null constraint round_instrument references instrument,
    strata text[] not null,
    index_code text not null,
    target double precision constraint round_target check (target > 0 and target < 1),
    opens_at timestamptz not null,
    closes_at timestamptz,
    constraint round_dates check (opens_at < closes_at),
    constraint round_instrument_once
        exclude using gist (instrument_id with =, tstzrange(opens_at, closes_at) with &&)
);

-- Completed transactions by stratum. Columns a round's strata do not name are null.
create table frame (
    round_id int not null constraint frame_round references round,
    unit_id int constraint frame_unit references unit,
    procedure_id int constraint frame_procedure references procedure,
    service_channel text,
    attributes jsonb not null default '{}',
    transactions bigint not null constraint frame_transactions check (transactions >= 0),
    constraint frame_stratum_once
        unique nulls not distinct (round_id, unit_id, procedure_id, service_channel, attributes)
);

-- Who may do what ------------------------------------------------------------

-- A terminal. The code is for one enrolment; the token it is traded for is kept as a hash.
create table kiosk (
    id int generated always as identity constraint kiosk_pkey primary key,
    unit_id int not null constraint kiosk_unit references unit,
    code_hash bytea constraint kiosk_code_once unique,
    code_expires_at timestamptz,
    token_hash bytea constraint kiosk_token_once unique,
    enrolled_at timestamptz,
    retired_at timestamptz,
    heard_at timestamptz,
    heartbeat jsonb
);

-- A one-time link. A used one keeps its hash, its round and the day of its use, nothing else.
create table link (
    token_hash bytea not null constraint link_pkey primary key,
    round_id int not null constraint link_round references round,
    unit_id int constraint link_unit references unit,
    procedure_id int constraint link_procedure references procedure,
    service_channel text,
    completed_on date,
    expires_at timestamptz not null,
    used_on date,
    constraint link_used_forgets check (
        (used_on is null and unit_id is not null)
        or (used_on is not null and unit_id is null and procedure_id is null
            and service_channel is null and completed_on is null))
);

create table api_key (
    id int generated always as identity constraint api_key_pkey primary key,
    token_hash bytea not null constraint api_key_token_once unique,
    scope text not null constraint api_key_scope check (scope in ('read', 'transactions')),
    created_at timestamptz not null default now(),
    retired_at timestamptz
);

create table person (
    id int generated always as identity constraint person_pkey primary key,
    name text not null constraint person_name_once unique,
    password_hash text not null
);

create table session (
    token_hash bytea not null constraint session_pkey primary key,
    person_id int not null constraint session_person references person on delete cascade,
    expires_at timestamptz not null
);

-- Responses --------------------------------------------------------------------

-- One row a response, appended and never changed. Keyed by id alone, so that one id can never
-- stand under two units. No foreign keys: what they point to is never deleted, intake has looked
-- each up, and checking four of them a row costs more than storing it.
-- answers: in instrument order; -1 not answered, -2 not applicable, -3 not asked.
-- digest: of the content as sent, to tell a replay from a conflict.
create table response (
    id uuid not null constraint response_pkey primary key,
    round_id int not null,
    unit_id int not null,
    procedure_id int,
    kiosk_id int,
    sequence int,
    started_at timestamptz,
    submitted_at timestamptz not null,
    received_at timestamptz not null default now(),
    complete boolean not null,
    channel text not null,
    service_channel text,
    form text not null,
    language text not null,
    answers smallint[] not null,
    comment text,
    attributes jsonb not null default '{}',
    digest bytea not null
);

-- What could not be accepted, as it came, once each.
create table quarantine (
    id bigint generated always as identity constraint quarantine_pkey primary key,
    submission_id text,
    reason text not null,
    detail text not null,
    kiosk_id int,
    raw bytea not null,
    received_at timestamptz not null default now()
);
create unique index quarantine_once on quarantine (sha256(raw), reason);

-- Responses stored and not yet counted into cells. The transaction that stores them enters them here;
-- the one that counts them takes them out: no watermark, so none is missed and none counted twice.
create table uncounted (
    batch bigint generated always as identity constraint uncounted_pkey primary key,
    ids uuid[] not null
);

-- Sufficient statistics: one row for each combination of the key that has a response.
-- sums: laid out by sipas/stats/cells/cells.py. version: of the round's cells when the row last changed,
-- so that a reader fetches what is new to it.
create table cell (
    id bigint generated always as identity constraint cell_pkey primary key,
    round_id int not null constraint cell_round references round,
    unit_id int not null constraint cell_unit references unit,
    procedure_id int constraint cell_procedure references procedure,
    service_channel text,
    channel text not null,
    form text not null,
    complete boolean not null,
    month date not null,
    attributes jsonb not null,
    n bigint not null,
    sums bigint[] not null,
    version bigint not null,
    constraint cell_key_once unique nulls not distinct
        (round_id, unit_id, procedure_id, service_channel, channel, form, complete, month, attributes)
);
create index cell_version on cell (round_id, version);

create function add_sums(a bigint[], b bigint[]) returns bigint[] language sql immutable strict parallel safe
    return (select array_agg(x + y order by place) from unnest(a, b) with ordinality as pair (x, y, place));

create table cells_version (
    round_id int not null constraint cells_version_pkey primary key constraint cells_version_round references round,
    version bigint not null,
    rebuilds int not null default 0
);

-- Rules the database keeps itself --------------------------------------------

create function forbid_change() returns trigger language plpgsql as $$
begin
    raise exception '% never changes', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger response_never_changes before update or delete on response
    for each row execute function forbid_change();
create trigger response_never_emptied before truncate on response
    for each statement execute function forbid_change();
create trigger instrument_never_changes before update or delete on instrument
    for each row execute function forbid_change();

-- Servers keep the catalogue in memory and reload it when this number moves.
create table catalogue_version (
    version bigint not null,
    only_one boolean not null default true constraint catalogue_version_pkey primary key check (only_one)
);
insert into catalogue_version (version) values (1);

create function catalogue_changed() returns trigger language plpgsql as $$
begin
    update catalogue_version set version = version + 1;
    return null;
end $$;

create trigger unit_changed after insert or update or delete on unit
    for each statement execute function catalogue_changed();
create trigger procedure_changed after insert or update or delete on procedure
    for each statement execute function catalogue_changed();
create trigger instrument_changed after insert on instrument
    for each statement execute function catalogue_changed();
create trigger round_changed after insert or update or delete on round
    for each statement execute function catalogue_changed();
create trigger frame_changed after insert or update or delete on frame
    for each statement execute function catalogue_changed();
