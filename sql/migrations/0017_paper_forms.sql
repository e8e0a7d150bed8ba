-- Double entry of paper forms.

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

create table paper_count (
    round_id int not null constraint paper_count_pkey primary key constraint paper_count_round references round,
    forms bigint not null,
    forms_differed bigint not null,
    fields bigint not null,
    differed bigint not null,
    wrong bigint not null,
    left_out bigint not null
);

alter table pending add column paper boolean not null default false;
