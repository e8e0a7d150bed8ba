-- name: find_cells_version
select rebuilds, version from cells_version where round_id = $1;

-- name: list_cell_keys
-- In the order of copy_cell_sums, which is read in the same snapshot.
select id, unit_id, procedure_id, service_channel, channel, form, complete, month, attributes::text as attributes
from cell where round_id = $1 and version > $2 order by id;

-- name: copy_cell_sums
-- Columns of fixed width alone, so that a whole COPY … BINARY is one array of records.
select id, n, sums from cell where round_id = $1 and version > $2 order by id

-- name: list_frame
select unit_id, procedure_id, service_channel, attributes::text as attributes, transactions
from frame where round_id = $1;

-- name: list_counted_frame
-- What was told of finished transactions, by those of the round's strata that they are known by; nothing where the
-- round has another stratum, or a frame of its own.
select case when 'unit' = any(strata) then unit_id end as unit_id,
    case when 'procedure' = any(strata) then procedure_id end as procedure_id,
    case when 'service_channel' = any(strata) then service_channel end as service_channel,
    '{}' as attributes, sum(transactions)::bigint as transactions
from transaction_count join round on round.id = round_id
where round_id = $1 and strata <@ '{unit,procedure,service_channel}'
    and not exists (select from frame where frame.round_id = $1)
group by 1, 2, 3
having sum(transactions) > 0;

-- name: get_counts_version
select coalesce((select version from transaction_count_version where round_id = $1), 0);

-- name: list_responses_of_months
-- For a period that begins or ends within a month: its responses by day, keyed as cells are.
select unit_id, procedure_id, service_channel, channel, form, complete,
    date_trunc('month', submitted_at at time zone 'Asia/Ho_Chi_Minh')::date as month,
    attributes::text as attributes,
    (submitted_at at time zone 'Asia/Ho_Chi_Minh')::date between $3 and $4 as in_period, answers
from response
where round_id = $1
    and date_trunc('month', submitted_at at time zone 'Asia/Ho_Chi_Minh')::date = any($2::date[]);
