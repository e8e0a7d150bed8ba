-- Finished transactions from one-stop systems, whom to ask, messages, and answers of links until they are mixed.

-- Finished transactions --------------------------------------------------------

-- What was told last of a finished transaction. id_hash: keyed, of its id. changed_at: when the one-stop system says
-- that it last changed it; of two events the later one holds. round_id: whose frame counts it. drawn: whether the
-- round asks about it; null: it asked nobody when this was told. due_at: when it is decided whether the citizen is
-- asked; null once it is. phone: with the language, encrypted; it goes with due_at. No foreign keys, as for responses.
create table transaction (
    id_hash bytea not null constraint transaction_pkey primary key,
    changed_at timestamptz not null,
    completed_at timestamptz not null,
    due_at timestamptz,
    round_id int,
    unit_id int not null,
    procedure_id int not null,
    service_channel text not null,
    on_time boolean,
    cancelled boolean not null,
    drawn boolean,
    phone bytea,
    constraint transaction_keeps_no_phone check (phone is null or due_at is not null),
    constraint transaction_due_is_drawn check (due_at is null or drawn)
);
create index transaction_due on transaction (due_at) where due_at is not null;

-- Transactions of a round by stratum and month, kept with each event: the frame where none was imported.
-- No foreign keys here either: a batch may count in a hundred thousand strata.
create table transaction_count (
    round_id int not null,
    unit_id int not null,
    procedure_id int not null,
    service_channel text not null,
    month date not null,
    transactions bigint not null,
    on_time bigint not null,
    late bigint not null,
    constraint transaction_count_pkey primary key (round_id, unit_id, procedure_id, service_channel, month)
);

-- Grows whenever a round's counts change, so that who holds them in memory knows.
create table transaction_count_version (
    round_id int not null constraint transaction_count_version_pkey primary key
        constraint transaction_count_version_round references round,
    version bigint not null
);

-- Events that could not be counted, once each, without the phone. They go when they are counted after all.
create table transaction_problem (
    id bigint generated always as identity constraint transaction_problem_pkey primary key,
    id_hash bytea not null,
    changed_at timestamptz not null,
    source text not null,
    reason text not null,
    detail text not null,
    event jsonb not null,
    received_at timestamptz not null default now(),
    constraint transaction_problem_once unique (id_hash, changed_at)
);

-- Whom a round asks. seed: with a transaction's id it decides who is drawn. again_after: days before the same
-- phone is asked again.
create table invitation (
    round_id int not null constraint invitation_pkey primary key constraint invitation_round references round,
    seed bigint not null,
    rate double precision not null constraint invitation_rate check (rate >= 0 and rate <= 1),
    delay interval not null,
    again_after interval not null,
    lasts interval not null,
    remind_after interval
);

-- Rates of a sampling plan where they differ; a column that is null stands for all.
create table invitation_stratum (
    round_id int not null constraint invitation_stratum_round references round,
    unit_id int constraint invitation_stratum_unit references unit,
    procedure_id int constraint invitation_stratum_procedure references procedure,
    service_channel text,
    rate double precision not null constraint invitation_stratum_rate check (rate >= 0 and rate <= 1),
    constraint invitation_stratum_once unique nulls not distinct (round_id, unit_id, procedure_id, service_channel)
);

-- Which phones a round has asked, by a hash under a key of the round; dropped with the round.
create table contact (
    round_id int not null constraint contact_round references round,
    phone_hash bytea not null,
    asked_on date not null,
    constraint contact_pkey primary key (round_id, phone_hash)
);

-- Who does not want to be asked again, by a keyed hash, for ever.
create table opt_out (
    phone_hash bytea not null constraint opt_out_pkey primary key,
    since date not null
);

-- Steps from a transaction to an answer, counted by day and stratum. Rows carry no person and no link.
create table funnel (
    round_id int not null,
    unit_id int,
    procedure_id int,
    service_channel text,
    day date not null,
    step text not null,
    reason text,
    n bigint not null,
    constraint funnel_once
        unique nulls not distinct (round_id, unit_id, procedure_id, service_channel, day, step, reason)
);

-- Messages ------------------------------------------------------------------------

-- What is to be sent, and how far it came. payload: phone and link, encrypted; it goes with the last state, and
-- with it all that leads to the link, the transaction or the provider's list. claimed_until: a sender works on it
-- until then. provider_id: the provider's name for it. reason: why it came no further, or waits for another try.
create table message (
    id bigint generated always as identity constraint message_pkey primary key,
    key uuid not null constraint message_key_once unique,
    kind text not null constraint message_kind check (kind in ('invitation', 'reminder')),
    round_id int not null constraint message_round references round,
    unit_id int not null constraint message_unit references unit,
    procedure_id int constraint message_procedure references procedure,
    service_channel text,
    transaction_hash bytea,
    link_hash bytea,
    payload bytea,
    state text not null constraint message_state
        check (state in ('waiting', 'sent', 'delivered', 'failed', 'expired', 'cancelled')),
    due_at timestamptz not null,
    expires_at timestamptz not null,
    tries int not null default 0,
    claimed_until timestamptz,
    provider_id text,
    sent_on date,
    reason text,
    constraint message_forgets check (
        state in ('waiting', 'sent')
        or (payload is null and link_hash is null and transaction_hash is null and provider_id is null))
);
create index message_due on message (due_at) where state = 'waiting';
create index message_receipt on message (provider_id) where state = 'sent';
create index message_link on message (link_hash) where link_hash is not null;
create index message_transaction on message (transaction_hash) where transaction_hash is not null;

-- Whether messages go out. One row: whoever stops sending stops every sender. taken: messages that senders took
-- up on that day, for the daily cap. next_at: when the next may go out, for the rate per second.
create table sending (
    stopped boolean not null default false,
    day date not null default '-infinity',
    taken int not null default 0,
    next_at timestamptz not null default '-infinity',
    only_one boolean not null default true constraint sending_pkey primary key check (only_one)
);
insert into sending default values;

-- Answers of links -----------------------------------------------------------------

-- Answers of used links until they are mixed into response: docs/explanation/privacy.md.
create table pending (
    round_id int not null constraint pending_round references round,
    unit_id int not null constraint pending_unit references unit,
    procedure_id int constraint pending_procedure references procedure,
    service_channel text,
    channel text not null,
    day date not null,
    complete boolean not null,
    form text not null,
    language text not null,
    answers smallint[] not null
);

-- What was answered behind a link and not yet sent, under a key made of the link's token: nothing in the database
-- opens it.
create table draft (
    token_hash bytea not null constraint draft_pkey primary key constraint draft_link references link on delete cascade,
    sealed bytea not null
);

-- A unit's walk-up survey behind a printed QR code. hour, answers: how many it took in the last hour that it took any.
create table poster (
    id int generated always as identity constraint poster_pkey primary key,
    code text not null constraint poster_code_once unique,
    unit_id int not null constraint poster_unit references unit,
    retired_at timestamptz,
    hour timestamptz,
    answers int not null default 0
);

-- Forms of posters that were sent, until they expire: so that each counts once.
create table poster_form (
    hash bytea not null constraint poster_form_pkey primary key,
    expires_on date not null
);

-- Look-ups of links and posters that led nowhere, so that guessing shows.
create table failed_lookup (
    minute timestamptz not null constraint failed_lookup_pkey primary key,
    n bigint not null
);

alter table link drop constraint link_used_forgets;
alter table link alter column expires_at drop not null;
alter table link add column opened boolean not null default false;
alter table link add column started boolean not null default false;
alter table link add column opt_out_hash bytea;
update link set expires_at = null where used_on is not null;
alter table link add constraint link_used_forgets check (
    (used_on is null and unit_id is not null and expires_at is not null)
    or (used_on is not null and num_nonnulls(unit_id, procedure_id, service_channel, completed_on,
        expires_at, opt_out_hash) = 0 and not opened and not started));
alter table api_key add column source text;

-- Whom a round asks, and what became of which unit, servers keep in memory too.
create trigger succession_changed after insert or update or delete on succession
    for each statement execute function catalogue_changed();
create trigger invitation_changed after insert or update or delete on invitation
    for each statement execute function catalogue_changed();
create trigger invitation_stratum_changed after insert or update or delete on invitation_stratum
    for each statement execute function catalogue_changed();
