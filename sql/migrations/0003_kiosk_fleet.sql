-- Terminals that are replaced, miss numbers or are set up by the office.

-- replaces: which terminal is retired when this one enrols.
-- counted_before: the last number its device gave out before it enrolled; received: the numbers of its stored
-- responses, noted when they are counted.
alter table kiosk
    add column replaces int constraint kiosk_replaces references kiosk,
    add column counted_before bigint not null default 0,
    add column received int8multirange not null default '{}';

update kiosk set received = sent.sequences
from (
    select kiosk_id, range_agg(int8range(sequence, sequence, '[]')) as sequences
    from response where sequence is not null group by kiosk_id
) as sent
where kiosk.id = sent.kiosk_id;

-- They come again within minutes, with more in them.
update kiosk set heartbeat = null;

alter table quarantine add column sequence int;
create index quarantine_kiosk on quarantine (kiosk_id);

-- What the office sets for all terminals, for those of a unit, or for one; the nearest counts.
create table kiosk_setting (
    unit_id int constraint kiosk_setting_unit references unit,
    kiosk_id int constraint kiosk_setting_kiosk references kiosk,
    settings jsonb not null,
    constraint kiosk_setting_of_one check (unit_id is null or kiosk_id is null),
    constraint kiosk_setting_once unique nulls not distinct (unit_id, kiosk_id)
);
