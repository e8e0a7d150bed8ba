-- The whole database at this version, with comments.
-- `sipas migrate` creates it from sql/migrations; a test compares the two.

create extension if not exists btree_gist;

-- Files of sql/migrations applied to this database.
create table schema_migration (
    number int not null constraint schema_migration_pkey primary key,
    applied_at timestamptz not null default now()
);

-- A keyed hash of a constant: it detects a wrong secret before anything is stored under it.
create table secret_check (
    value bytea not null,
    only_one boolean not null default true constraint secret_check_pkey primary key check (only_one)
);

-- Catalogue ----------------------------------------------------------------

-- A unit is valid between two dates: when communes merge, a new unit may take an old one's code.
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

-- Which former unit went, wholly or in part, into which. A null share: unknown.
create table succession (
    old_unit_id int not null constraint succession_old_unit references unit,
    new_unit_id int not null constraint succession_new_unit references unit,
    share double precision constraint succession_share check (share > 0 and share <= 1),
    constraint succession_pkey primary key (old_unit_id, new_unit_id),
    constraint succession_of_another check (old_unit_id <> new_unit_id)
);

-- name_en, field_en: what terminals show in English; null: the Vietnamese name.
create table procedure (
    id int generated always as identity constraint procedure_pkey primary key,
    code text not null constraint procedure_code_once unique,
    name text not null,
    field text not null,
    name_en text,
    field_en text
);

-- A published questionnaire. It never changes, so that stored answers stay readable.
create table instrument (
    id int generated always as identity constraint instrument_pkey primary key,
    code text not null,
    version int not null constraint instrument_version_positive check (version > 0),
    source text not null,
    published_at timestamptz not null default now(),
    constraint instrument_version_once unique (code, version)
);

-- A survey round. Responses to an instrument at one moment belong to one round.
-- anonymity: how many answers of links or posters must share the attributes stored. coarsening: the order in
-- which detail is reduced until they do. mixed_every: the period after which they stop waiting for each other.
create table round (
    id int generated always as identity constraint round_pkey primary key,
    code text not null constraint round_code_once unique,
    instrument_id int not null constraint round_instrument references instrument,
    strata text[] not null,
    index_code text not null, -- empty: the instrument has no index
    target double precision constraint round_target check (target > 0 and target < 1),
    opens_at timestamptz not null,
    closes_at timestamptz,
    anonymity int not null default 5 constraint round_anonymity check (anonymity >= 1),
    coarsening text[] not null default '{week,month,field,service_channel,unit,round}',
    mixed_every text not null default 'month' constraint round_mixed_every
        check (mixed_every in ('day', 'week', 'month', 'round')),
    constraint round_dates check (opens_at < closes_at),
    constraint round_instrument_once
        exclude using gist (instrument_id with =, tstzrange(opens_at, closes_at) with &&)
);

-- Completed transactions by stratum. Columns that are not strata of the round are null.
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

-- Access ---------------------------------------------------------------------

-- A terminal. The code is for one enrolment; the token is stored as a hash.
-- replaces: the terminal to retire when this one enrols.
-- counted_before: the last sequence number of its device before it enrolled; received: the numbers of its stored
-- responses, recorded when they are counted.
create table kiosk (
    id int generated always as identity constraint kiosk_pkey primary key,
    unit_id int not null constraint kiosk_unit references unit,
    code_hash bytea constraint kiosk_code_once unique,
    code_expires_at timestamptz,
    token_hash bytea constraint kiosk_token_once unique,
    enrolled_at timestamptz,
    retired_at timestamptz,
    heard_at timestamptz,
    heartbeat jsonb,
    replaces int constraint kiosk_replaces references kiosk,
    counted_before bigint not null default 0,
    received int8multirange not null default '{}'
);

-- Settings for all terminals, those of a unit, or one; the most specific counts.
create table kiosk_setting (
    unit_id int constraint kiosk_setting_unit references unit,
    kiosk_id int constraint kiosk_setting_kiosk references kiosk,
    settings jsonb not null,
    constraint kiosk_setting_of_one check (unit_id is null or kiosk_id is null),
    constraint kiosk_setting_once unique nulls not distinct (unit_id, kiosk_id)
);

-- A one-time link. A used one keeps only its hash and its round, not even the day of its use.
-- opt_out_hash: of the phone it was sent to, while its owner can opt out on the page.
create table link (
    token_hash bytea not null constraint link_pkey primary key,
    round_id int not null constraint link_round references round,
    unit_id int constraint link_unit references unit,
    procedure_id int constraint link_procedure references procedure,
    service_channel text,
    completed_on date,
    expires_at timestamptz,
    opened boolean not null default false,
    started boolean not null default false,
    opt_out_hash bytea,
    used boolean not null default false,
    constraint link_used_forgets check (
        (not used and unit_id is not null and expires_at is not null)
        or (used and num_nonnulls(unit_id, procedure_id, service_channel, completed_on,
            expires_at, opt_out_hash) = 0 and not opened and not started))
);
create index link_phone on link (expires_at) where opt_out_hash is not null;
create index link_opt_out on link (opt_out_hash) where opt_out_hash is not null;

-- Failed look-ups of links and posters, to detect guessing.
create table failed_lookup (
    minute timestamptz not null constraint failed_lookup_pkey primary key,
    n bigint not null
);

create table api_key (
    id int generated always as identity constraint api_key_pkey primary key,
    token_hash bytea not null constraint api_key_token_once unique,
    scope text not null constraint api_key_scope check (scope in ('read', 'transactions')),
    created_at timestamptz not null default now(),
    retired_at timestamptz,
    source text
);

-- role: staff read results and type paper forms; interviewers see their households alone.
create table person (
    id int generated always as identity constraint person_pkey primary key,
    name text not null constraint person_name_once unique,
    password_hash text not null,
    role text not null default 'staff' constraint person_role check (role in ('staff', 'interviewer'))
);

create table session (
    token_hash bytea not null constraint session_pkey primary key,
    person_id int not null constraint session_person references person on delete cascade,
    expires_at timestamptz not null
);

-- Household samples --------------------------------------------------------------

-- A household of a round's drawn sample. village: the cluster. grid: which adult is interviewed, by the number of
-- adults (Kish); null: by the last birthday. interview: a random number of the tablet, so that an answer sent again
-- is recognised; the stored response does not have it, and names the village alone.
create table household (
    id int generated always as identity constraint household_pkey primary key,
    round_id int not null constraint household_round references round,
    questionnaire text not null constraint household_questionnaire_not_empty check (questionnaire <> ''),
    village text not null constraint household_village_not_empty check (village <> ''),
    household text not null,
    unit_id int not null constraint household_unit references unit,
    grid smallint[],
    person_id int constraint household_person references person on delete set null,
    state text not null default 'open'
        constraint household_state check (state in ('open', 'not-at-home', 'refused', 'ineligible', 'done')),
    visits int not null default 0 constraint household_visits check (visits >= 0),
    visited_on date,
    interview uuid,
    constraint household_questionnaire_once unique (round_id, questionnaire),
    constraint household_interviewed check (interview is null or state = 'done')
);
create index household_interviewer on household (person_id);

-- Responses --------------------------------------------------------------------

-- One row for each response, never changed; only imports can be replaced or withdrawn. The key is the id alone, so
-- that one id can
-- never belong to two units. No foreign keys: rows they would refer to are never deleted, intake has checked
-- each, and checking four keys for each row costs more than storing it.
-- answers: one for each answer column of the instrument, in its order; -1 not answered, -2 not applicable,
-- -3 not asked. texts: of text items and of options marked as other, by item, with numbers hidden.
-- digest: of the content as sent, to distinguish a replay from a conflict.
-- time_kept, place_kept: how much the mix kept of a link's or poster's time (day, week, month, round:
-- submitted_at is its first moment) and place (procedure; field; service_channel: neither procedure
-- nor field; unit: nothing else). Null: nothing was coarsened. field: replaces the procedure after coarsening.
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
    digest bytea not null,
    field text,
    time_kept text,
    place_kept text,
    texts jsonb
);

-- Imported files of responses, by whom, and the ids that each stored or replaced: a wrong import can be
-- withdrawn. No other responses are ever removed.
create table response_import (
    id bigint generated always as identity constraint response_import_pkey primary key,
    round_id int not null constraint response_import_round references round,
    file text not null,
    sha256 bytea not null,
    imported_at timestamptz not null default now(),
    imported_by text not null,
    stored int not null,
    duplicate int not null,
    replaced int not null,
    ids uuid[] not null,
    withdrawn_at timestamptz,
    withdrawn_by text,
    constraint response_import_withdrawn check ((withdrawn_at is null) = (withdrawn_by is null))
);

-- Submissions that could not be accepted, as received, once each.
create table quarantine (
    id bigint generated always as identity constraint quarantine_pkey primary key,
    submission_id text,
    reason text not null,
    detail text not null,
    kiosk_id int,
    raw bytea not null,
    received_at timestamptz not null default now(),
    sequence int
);
create unique index quarantine_once on quarantine (sha256(raw), reason);
create index quarantine_kiosk on quarantine (kiosk_id);

-- Stored responses that are not yet in a segment. The transaction that stores them enters them here;
-- the one that seals them removes them: none is missed, and none counted twice.
create table uncounted (
    batch bigint generated always as identity constraint uncounted_pkey primary key,
    ids uuid[] not null
);

-- Counted responses of a round, as sealed columnar blocks (sipas/survey/segments/arrow_format.py). They hold no id, no
-- exact time and no comment. first, last: the versions of the round whose responses the block holds; merging replaces
-- several blocks by one.
create table segment (
    round_id int not null constraint segment_round references round,
    first bigint not null,
    last bigint not null,
    responses int not null constraint segment_responses check (responses > 0),
    data bytea not null,
    constraint segment_pkey primary key (round_id, first),
    constraint segment_versions check (first <= last)
);
alter table segment alter column data set storage external; -- compressed already

-- version: of the newest segment, given under a lock, so that a reader that has read it misses none.
-- rebuilds: how often the segments were replaced; a reader must then discard the responses that it has.
create table segments_version (
    round_id int not null constraint segments_version_pkey primary key
        constraint segments_version_round references round,
    version bigint not null,
    rebuilds int not null default 0
);

-- How many counted responses came from a unit's terminals, by month; terminals may show it.
create table kiosk_answers (
    round_id int not null constraint kiosk_answers_round references round,
    unit_id int not null constraint kiosk_answers_unit references unit,
    month date not null,
    responses bigint not null,
    constraint kiosk_answers_pkey primary key (round_id, unit_id, month)
);

-- Finished transactions --------------------------------------------------------

-- The last event of a finished transaction. id_hash: keyed, of its id. changed_at: the last change according to
-- the one-stop system; of two events the later one counts. round_id: whose frame counts it. drawn: whether the
-- round invites; null: it invited nobody when the event arrived. due_at: when the invitation is decided;
-- null afterwards. phone: with the language, encrypted; deleted with due_at. source: of the first key that sent
-- it, which alone may change it; null: from a file. No foreign keys, as for responses.
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
    source text,
    constraint transaction_keeps_no_phone check (phone is null or due_at is not null),
    constraint transaction_due_is_drawn check (due_at is null or drawn)
);
create index transaction_due on transaction (due_at) where due_at is not null;

-- Transactions of a round by stratum and month, updated with each event: the frame if none was imported.
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

-- Grows whenever a round's counts change, so that readers refresh their copies.
create table transaction_count_version (
    round_id int not null constraint transaction_count_version_pkey primary key
        constraint transaction_count_version_round references round,
    version bigint not null
);

-- Events that could not be counted, once each, without the phone. They are deleted when they are counted.
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

-- A round's invitations. seed: decides the draw together with a transaction's id. again_after: days before the same
-- phone is invited again.
create table invitation (
    round_id int not null constraint invitation_pkey primary key constraint invitation_round references round,
    seed bigint not null,
    rate double precision not null constraint invitation_rate check (rate >= 0 and rate <= 1),
    delay interval not null,
    again_after interval not null,
    lasts interval not null,
    remind_after interval
);

-- Sampling rates of strata; a null column matches every value.
create table invitation_stratum (
    round_id int not null constraint invitation_stratum_round references round,
    unit_id int constraint invitation_stratum_unit references unit,
    procedure_id int constraint invitation_stratum_procedure references procedure,
    service_channel text,
    rate double precision not null constraint invitation_stratum_rate check (rate >= 0 and rate <= 1),
    constraint invitation_stratum_once unique nulls not distinct (round_id, unit_id, procedure_id, service_channel)
);

-- Phones that a round has invited, by a hash under a key of the round; deleted with the round.
create table contact (
    round_id int not null constraint contact_round references round,
    phone_hash bytea not null,
    asked_on date not null,
    constraint contact_pkey primary key (round_id, phone_hash)
);

-- Opt-outs, by a keyed hash of the phone, without an end.
create table opt_out (
    phone_hash bytea not null constraint opt_out_pkey primary key,
    since date not null
);

-- Opt-outs that an operator undid on request: by whom, when and why.
create table opt_out_undone (
    id bigint generated always as identity constraint opt_out_undone_pkey primary key,
    phone_hash bytea not null,
    since date not null,
    undone_at timestamptz not null default now(),
    undone_by text not null,
    reason text not null
);

-- Steps from a transaction to an answer, counted by day and stratum. Rows refer to no person and no link.
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

-- Messages to send, and their states. payload: phone and link, encrypted; deleted with the final state, together
-- with every reference to the link, the transaction or the provider's list. key: sent to the provider at every
-- attempt, then replaced. claimed_until: held by a sender until then. provider_id: the provider's id of it.
-- reason: of the failure, or of the next attempt. contact_hash: of a waiting invitation, by which its
-- round knows the phone as invited; a phone that was sent nothing does not count as invited.
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
    contact_hash bytea,
    constraint message_forgets check (
        state in ('waiting', 'sent')
        or num_nonnulls(payload, link_hash, transaction_hash, provider_id, contact_hash) = 0)
);
create index message_due on message (due_at) where state = 'waiting';
create index message_receipt on message (provider_id) where state = 'sent';
create index message_link on message (link_hash) where link_hash is not null;
create index message_transaction on message (transaction_hash) where transaction_hash is not null;
create index message_kept on message (expires_at) where payload is not null;

-- Waiting messages that must not go out, and why. cancelled: the transaction no longer exists, or differs from the
-- message. ends_link: the link becomes invalid; a reminder keeps the link of an invitation that was sent,
-- except for a cancelled transaction.
create view withheld as
select message.id,
    case
        when used or token_hash is null then 'answered already'
        when opt_out.phone_hash is not null then 'opted out'
        when closes_at <= now() then 'closed'
        else 'cancelled'
    end as reason,
    kind = 'invitation' or coalesce(cancelled, false) as ends_link
from message
join round on round.id = message.round_id
left join link on token_hash = link_hash
left join opt_out on opt_out.phone_hash = opt_out_hash
left join transaction on id_hash = transaction_hash
where state = 'waiting' and (used or token_hash is null or opt_out.phone_hash is not null
    or closes_at <= now() or cancelled or (id_hash is not null
        and (message.unit_id, message.procedure_id, message.service_channel)
            is distinct from (transaction.unit_id, transaction.procedure_id, transaction.service_channel)));

-- The state of sending, in one row: a stop applies to every sender. taken: today's messages, for the
-- daily limit. next_at: when the next may go out, for the rate per second. stopped_at: null
-- while sending is on.
create table sending (
    day date not null default '-infinity',
    taken int not null default 0,
    next_at timestamptz not null default '-infinity',
    only_one boolean not null default true constraint sending_pkey primary key check (only_one),
    stopped_at timestamptz,
    stopped_by text
);
insert into sending default values;

-- Receipts that arrived before their messages were recorded as sent: they are applied afterwards, and deleted after
-- three days. provider_id: as in message. They refer to no phone, link or transaction.
create table early_receipt (
    provider_id text not null constraint early_receipt_pkey primary key,
    state text not null constraint early_receipt_state check (state in ('delivered', 'failed')),
    reason text,
    received_at timestamptz not null
);
create index early_receipt_received on early_receipt (received_at);

-- Unreadable callbacks of providers. reason: whether the configuration or the content was at fault.
-- outline: names of fields and codes, without personal text. token_hash: of the callback's address, null if
-- it came over SMPP. content: encrypted, to be read again after the configuration is corrected.
create table unread_callback (
    id bigint generated always as identity constraint unread_callback_pkey primary key,
    received_at timestamptz not null,
    reason text not null constraint unread_callback_reason check (reason in ('configuration', 'content')),
    outline text not null,
    token_hash bytea,
    content bytea not null
);

-- The number of unreadable callbacks ever received, including those read later or deleted.
create table unread_callback_count (
    n bigint not null,
    only_one boolean not null default true constraint unread_callback_count_pkey primary key check (only_one)
);
insert into unread_callback_count (n) values (0);

-- Answers of links -----------------------------------------------------------------

-- Answers of links, posters, paper forms and interviews until the mix stores them: docs/explanation/privacy.md. encrypted: under a
-- key that is not in the database, so that no dump and no statement log reveals answers. due_on: the next day on
-- which a mix decides about it. paper: of a paper form or an interview, which goes on waiting after the round has
-- closed.
create table pending (
    round_id int not null constraint pending_round references round,
    due_on date not null,
    encrypted bytea not null,
    paper boolean not null default false
);

-- Answers behind a link that were not sent yet, encrypted with a key from the link's token, which is not in the
-- database.
create table draft (
    token_hash bytea not null constraint draft_pkey primary key constraint draft_link references link on delete cascade,
    encrypted bytea not null
);

-- A unit's walk-up survey behind a printed QR code. round_id: null for the open round that kiosks ask.
create table poster (
    id int generated always as identity constraint poster_pkey primary key,
    code text not null constraint poster_code_once unique,
    unit_id int not null constraint poster_unit references unit,
    retired_at timestamptz,
    round_id int constraint poster_round references round
);

-- Forms of posters that were sent, until they expire: each counts once. Of links too, so that a citizen who
-- repeats the same page gets the thanks page again; hash: with a random value that is not stored.
create table poster_form (
    hash bytea not null constraint poster_form_pkey primary key,
    expires_on date not null
);

-- Paper forms ------------------------------------------------------------------------

-- A form on paper, by the number printed on it. Of a form that is done only its number and the day are kept;
-- nothing leads to its response.
create table paper_form (
    id int generated always as identity constraint paper_form_pkey primary key,
    round_id int not null constraint paper_form_round references round,
    number text not null constraint paper_form_number_not_empty check (number <> ''),
    is_open boolean not null default true,
    done_on date,
    constraint paper_form_number_once unique (round_id, number),
    constraint paper_form_done check (is_open = (done_on is null)),
    constraint paper_form_state unique (id, is_open)
);
create index paper_form_done_on on paper_form (round_id, done_on);

-- What one person has typed of a form, encrypted under a key that is not in the database. place: of the two complete
-- entries; null: a draft. Entries are deleted by the transaction that passes the answer to the mix: a form that is
-- done has none, and takes none. person_id: no foreign key, as an entry outlives its person.
create table paper_entry (
    form_id int not null,
    form_is_open boolean not null default true constraint paper_entry_of_open_form check (form_is_open),
    person_id int not null,
    place smallint constraint paper_entry_place check (place in (1, 2)),
    encrypted bytea not null,
    constraint paper_entry_pkey primary key (form_id, person_id),
    constraint paper_entry_place_once unique (form_id, place),
    constraint paper_entry_form foreign key (form_id, form_is_open) references paper_form (id, is_open)
);

-- How well paper forms of a round were typed. forms: that are done; forms_differed: whose two entries differed.
-- fields: compared; differed: fields whose two entries differed; wrong: typed values that the paper did not confirm.
-- left_out: answers to questions that should not have been asked.
create table paper_count (
    round_id int not null constraint paper_count_pkey primary key constraint paper_count_round references round,
    forms bigint not null,
    forms_differed bigint not null,
    fields bigint not null,
    differed bigint not null,
    wrong bigint not null,
    left_out bigint not null
);

-- Rules the database keeps itself --------------------------------------------

create function forbid_change() returns trigger language plpgsql as $$
begin
    raise exception '% never changes', tg_table_name using errcode = 'restrict_violation';
end $$;

-- A response never changes and is never deleted, except an import (ids of version 8) that is withdrawn.
create function forbid_response_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('sipas.withdraws_import', true) = 'on'
        and old.kiosk_id is null and right(old.id::text, 22) like '8%' then
        return old;
    end if;
    raise exception 'response never changes' using errcode = 'restrict_violation';
end $$;

create trigger response_never_changes before update or delete on response
    for each row execute function forbid_response_change();
create trigger response_never_emptied before truncate on response
    for each statement execute function forbid_change();
create trigger instrument_never_changes before update or delete on instrument
    for each row execute function forbid_change();

-- Servers keep the catalogue and frames in memory and reload them when this number changes.
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
create trigger succession_changed after insert or update or delete on succession
    for each statement execute function catalogue_changed();
create trigger invitation_changed after insert or update or delete on invitation
    for each statement execute function catalogue_changed();
create trigger invitation_stratum_changed after insert or update or delete on invitation_stratum
    for each statement execute function catalogue_changed();
