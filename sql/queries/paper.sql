-- name: find_typist
-- The person of a session; interviewers type no forms.
select person.id, person.name from session join person on person.id = person_id
where token_hash = $1 and expires_at > now() and role = 'staff';

-- name: insert_paper_form
insert into paper_form (round_id, number) values ($1, $2) on conflict (round_id, number) do nothing;

-- name: find_paper_form
select id, round_id, number, is_open from paper_form where round_id = $1 and number = $2;

-- name: find_paper_form_by_id
select id, round_id, number, is_open from paper_form where id = $1;

-- name: lock_paper_form
-- Entries of one form are stored and compared one after the other.
select id, round_id, number, is_open from paper_form where id = $1 for no key update;

-- name: list_paper_entries
select person_id, place, encrypted from paper_entry where form_id = $1 order by place;

-- name: save_paper_entry
-- A complete entry is not changed.
insert into paper_entry (form_id, person_id, place, encrypted) values ($1, $2, $3, $4)
on conflict (form_id, person_id) do update set place = excluded.place, encrypted = excluded.encrypted
    where paper_entry.place is null;

-- name: delete_paper_entry
delete from paper_entry where form_id = $1 and person_id = $2;

-- name: delete_paper_entries
delete from paper_entry where form_id = $1;

-- name: set_first_place
update paper_entry set place = 1 where form_id = $1 and place = 2;

-- name: list_entries_of_other_keys
-- Entries whose key, named by their first bytes, is not $1.
select form_id, person_id, place, encrypted from paper_entry where substr(encrypted, 1, 4) <> $1 limit $2 for update;

-- name: reencrypt_paper_entry
update paper_entry set encrypted = $3 where form_id = $1 and person_id = $2;

-- name: delete_unused_paper_form
delete from paper_form where id = $1 and is_open and not exists (select from paper_entry where form_id = $1);

-- name: finish_paper_form
update paper_form set is_open = false, done_on = $2 where id = $1 and is_open returning id;

-- name: add_paper_count
insert into paper_count as counted (round_id, forms, forms_differed, fields, differed, wrong, left_out)
values ($1, 1, ($3 > 0)::int, $2, $3, $4, $5)
on conflict (round_id) do update set forms = counted.forms + 1,
    forms_differed = counted.forms_differed + excluded.forms_differed, fields = counted.fields + excluded.fields,
    differed = counted.differed + excluded.differed, wrong = counted.wrong + excluded.wrong,
    left_out = counted.left_out + excluded.left_out;

-- name: has_households
select exists (select from household where round_id = $1);

-- name: find_paper_household
-- By the number of its form: in capitals and without spaces, of digits without zeros in front.
select id, unit_id, village, state = 'done' as is_done from household
where round_id = $1 and $2 = case
    when questionnaire ~ '^[0-9]+$' then coalesce(nullif(ltrim(questionnaire, '0'), ''), '0')
    else upper(replace(questionnaire, ' ', '')) end;

-- name: list_open_paper_forms
-- entries: complete ones. mine: whether $2 has typed it; null: not at all, false: a draft.
select id, number, count(place) as entries, bool_or(place is not null) filter (where person_id = $2) as mine
from paper_form join paper_entry on form_id = id
where round_id = $1
group by id order by length(number), number;

-- name: list_done_paper_forms
select number from paper_form where round_id = $1 and done_on = $2 order by length(number), number;

-- name: count_paper_forms
-- For each round that has any. waiting: responses that the mix has not stored yet.
select round.code as round,
    (select count(*) from paper_form where round_id = round.id and is_open
        and (select count(place) from paper_entry where form_id = id) = 1) as once,
    (select count(*) from paper_form where round_id = round.id and is_open
        and (select count(place) from paper_entry where form_id = id) = 2) as to_settle,
    coalesce(forms, 0) as done,
    (select count(*) from pending where pending.round_id = round.id and paper) as waiting,
    coalesce(forms_differed, 0) as forms_differed, coalesce(fields, 0) as fields, coalesce(differed, 0) as differed,
    coalesce(wrong, 0) as wrong, coalesce(left_out, 0) as left_out
from round left join paper_count on paper_count.round_id = round.id
where exists (select from paper_form where round_id = round.id)
order by round.opens_at, round.id;
