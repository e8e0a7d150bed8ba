-- Households of a drawn sample, and the people who interview them.

alter table person add column role text not null default 'staff'
    constraint person_role check (role in ('staff', 'interviewer'));

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
