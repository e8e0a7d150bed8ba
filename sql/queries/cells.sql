-- name: find_cells_version
select rebuilds, version from cells_version where round_id = $1;

-- name: list_cell_keys
-- In the order of copy_cell_sums, which reads the same snapshot.
select id, unit_id, procedure_id, service_channel, channel, form, complete, month, attributes::text as attributes,
    field
from cell where round_id = $1 and version > $2 order by id;

-- name: copy_cell_sums
-- Only columns of fixed width, so that the whole COPY … BINARY is one array of records.
select id, n, sums from cell where round_id = $1 and version > $2 order by id

-- name: list_frame
select unit_id, procedure_id, service_channel, attributes::text as attributes, transactions
from frame where round_id = $1;

-- name: list_counted_frame
-- Counts of finished transactions by the strata's columns; none if the round has strata that transactions do not
-- have, or an imported frame.
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
-- Responses by day, keyed like cells, for a period that begins or ends within a month. $5: include responses of
-- which the mix kept only the round. in_period is null if a response's time is known to a week, month or round that
-- lies partly in the period. $6, $7: the first and last day of the round.
with dated as (
    select unit_id, procedure_id, service_channel, channel, form, complete, attributes, field, kiosk_id, answers,
        time_kept,
        (submitted_at at time zone 'Asia/Ho_Chi_Minh')::date as day,
        date_trunc('month', submitted_at at time zone 'Asia/Ho_Chi_Minh')::date as month,
        (date_trunc('month', submitted_at at time zone 'Asia/Ho_Chi_Minh') + interval '1 month')::date - 1 as month_end
    from response
    where round_id = $1
), spanned as (
    select unit_id, procedure_id, service_channel, channel, form, complete, attributes, field, kiosk_id, answers,
        case when time_kept is distinct from 'round' then month end as month,
        case when time_kept = 'round' then $6 else day end as first_day,
        case time_kept
            when 'week' then least(day + 7 - extract(isodow from day)::int, month_end)
            when 'month' then month_end
            when 'round' then $7
            else day
        end as last_day
    from dated
)
select unit_id, procedure_id, service_channel, channel, form, complete, month, attributes::text as attributes, field,
    case when first_day >= $3 and last_day <= $4 then true when last_day < $3 or first_day > $4 then false end
        as in_period, answers, kiosk_id is not null as from_terminal
from spanned
where month = any($2::date[]) or ($5 and month is null);
