-- Segments replace cells. All counted responses wait to be sealed anew; the service does it in the background.

drop table cell;
drop function add_sums;
drop table cells_version;

create table segment (
    round_id int not null constraint segment_round references round,
    first bigint not null,
    last bigint not null,
    responses int not null constraint segment_responses check (responses > 0),
    data bytea not null,
    constraint segment_pkey primary key (round_id, first),
    constraint segment_versions check (first <= last)
);
alter table segment alter column data set storage external;

create table segments_version (
    round_id int not null constraint segments_version_pkey primary key
        constraint segments_version_round references round,
    version bigint not null,
    rebuilds int not null default 0
);

create table kiosk_answers (
    round_id int not null constraint kiosk_answers_round references round,
    unit_id int not null constraint kiosk_answers_unit references unit,
    month date not null,
    responses bigint not null,
    constraint kiosk_answers_pkey primary key (round_id, unit_id, month)
);

delete from uncounted;
insert into uncounted (ids)
select array_agg(id)
from (select id, (row_number() over (order by id) - 1) / 1000 as part from response) as numbered
group by part order by part;
