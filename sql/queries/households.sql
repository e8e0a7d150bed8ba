-- name: lock_sample
-- Until the importing transaction ends.
select from round where id = $1 for update;

-- name: list_drawn
-- The facts that an import of the same sample must repeat.
select questionnaire, village, household, unit_id, grid from household where round_id = $1 order by id;

-- name: list_assigned
select household.id, round_id, questionnaire, village, household, unit_id, grid, state, visits, visited_on
from household
where person_id = $1 and round_id = $2
order by village, length(questionnaire), questionnaire;

-- name: list_assigned_rounds
select distinct round_id from household where person_id = $1;

-- name: assign_village
update household set person_id = $3 where round_id = $1 and village = $2 and state <> 'done' returning id;

-- name: count_households
select village, person.name as interviewer, count(*) as drawn,
    count(*) filter (where state = 'open') as open,
    count(*) filter (where state = 'not-at-home') as not_at_home,
    count(*) filter (where state = 'refused') as refused,
    count(*) filter (where state = 'ineligible') as ineligible,
    count(*) filter (where state = 'done') as done
from household left join person on person.id = person_id
where round_id = $1
group by village, person.name
order by village, person.name;

-- name: lock_household
select id, round_id, questionnaire, village, household, unit_id, grid, state, visits, visited_on, interview
from household where round_id = $1 and questionnaire = $2 for update;

-- name: record_visit
update household set state = $2, visits = greatest(visits, $3), visited_on = $4 where id = $1 and state <> 'done';

-- name: finish_household
update household set state = 'done', visits = visits + 1, visited_on = $2, interview = $3
where id = $1 and state <> 'done' returning id;
