-- Receipts that came before their messages were noted as sent: they close them as soon as that is done, and go after
-- three days. provider_id: as in message. Nothing here leads to a phone, a link or a transaction.
create table early_receipt (
    provider_id text not null constraint early_receipt_pkey primary key,
    state text not null constraint early_receipt_state check (state in ('delivered', 'failed')),
    reason text,
    received_at timestamptz not null
);
create index early_receipt_received on early_receipt (received_at);

-- What providers reported and nobody could read. reason: whether the configuration or the content was at fault.
-- outline: names of fields and codes, without what a person wrote. token_hash: of the callback's address, null where
-- it came over SMPP. content: encrypted, to be read again when the configuration has been corrected.
create table unread_callback (
    id bigint generated always as identity constraint unread_callback_pkey primary key,
    received_at timestamptz not null,
    reason text not null constraint unread_callback_reason check (reason in ('configuration', 'content')),
    outline text not null,
    token_hash bytea,
    content bytea not null
);

-- How many there have been, those included that were read later or dropped.
create table unread_callback_count (
    n bigint not null,
    only_one boolean not null default true constraint unread_callback_count_pkey primary key check (only_one)
);
insert into unread_callback_count (n) values (0);

-- Ids are compared without regard to case and leading zeros from now on.
update message set provider_id = coalesce(nullif(ltrim(lower(provider_id), '0'), ''), '0') where provider_id is not null;

-- Opt-outs that an operator took back on request: who did so, when and why.
create table opt_out_undone (
    id bigint generated always as identity constraint opt_out_undone_pkey primary key,
    phone_hash bytea not null,
    since date not null,
    undone_at timestamptz not null default now(),
    undone_by text not null,
    reason text not null
);
