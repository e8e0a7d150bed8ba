-- Which files of responses came in, by whom, and what each stored: so that a wrong import can be taken back.

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

-- A response never changes and never goes, but for an import that is taken back.
create function forbid_response_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('sipas.withdraws_import', true) = 'on'
        and old.kiosk_id is null and right(old.id::text, 22) like '8%' then
        return old;
    end if;
    raise exception 'response never changes' using errcode = 'restrict_violation';
end $$;

drop trigger response_never_changes on response;
create trigger response_never_changes before update or delete on response
    for each row execute function forbid_response_change();
