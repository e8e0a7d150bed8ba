-- name: create_sent_event
-- A part of a batch, one event for each transaction, in the order of their hashes, until the storing transaction
-- ends. No column is null, so that all rows have one width: infinity, 0 and -1 mean no value. channel: the
-- index of a word in a list.
create temporary table if not exists sent_event (
    place int not null,
    id_hash bytea not null,
    changed_at timestamptz not null,
    completed_at timestamptz not null,
    due_at timestamptz not null,
    round_id int not null,
    unit_id int not null,
    procedure_id int not null,
    channel smallint not null,
    on_time smallint not null,
    cancelled boolean not null,
    drawn smallint not null
) on commit delete rows;

-- name: create_sent_phone
create temporary table if not exists sent_phone (place int not null, phone bytea not null) on commit delete rows;

-- name: create_tally
-- Changes of counts after all parts are stored; numbers may be negative. Words have the indices of `sent_event`.
create temporary table if not exists tally (
    round_id int not null,
    unit_id int not null,
    procedure_id int not null,
    channel smallint not null,
    month date not null,
    on_time smallint not null,
    cancelled boolean not null,
    drawn smallint not null,
    n bigint not null
) on commit delete rows;

-- name: empty_sent_events
truncate sent_event, sent_phone;

-- name: expect_many
select set_config('work_mem', '128MB', true);

-- name: analyze_sent_events
-- Columns used in joins.
analyze sent_event (place, id_hash), sent_phone (place);

-- name: lock_transactions
-- One batch at a time: stored transactions must not change while they are compared.
select pg_advisory_xact_lock(hashtextextended('sipas transactions', 0));

-- name: take_foreign
-- Removes transactions of other sources than $1 from `sent_event`: only their keys may change them. Returns places.
delete from sent_event where place = any(array(
    select sent_event.place from sent_event cross join lateral (
        select source from transaction where transaction.id_hash = sent_event.id_hash limit 1) as held
    where held.source <> $1)) returning place;

-- name: adopt_transactions
-- A transaction that came from a file belongs to the source that sends it first.
update transaction set source = $1 where id_hash = any(array(
    select sent_event.id_hash from sent_event cross join lateral (
        select source from transaction where transaction.id_hash = sent_event.id_hash limit 1) as held
    where held.source is null));

-- name: store_transaction_events
-- Of a transaction's events the last change counts; of simultaneous ones a cancellation, else the later
-- one sent. So the result does not depend on the order of events. A repeated event may add a phone
-- or a decision that was missing. A decision about inviting the citizen stays.
-- Every event is first counted as if it were new: the tally then subtracts repeated and earlier ones,
-- and adds their replacements.
-- Rows are looked up one by one, and new ones stored in the order of `sent_event`: neighbouring hashes are
-- neighbours in the index, and no join mixes them (limit 1, not in). The planner must know the number of rows.
-- One row for each status: number of transactions, and places if $1. $3: the source that they belong to.
with latest as (
    select sent_event.place, id_hash, changed_at, completed_at, nullif(due_at, 'infinity') as due_at,
        nullif(round_id, 0) as round_id, unit_id, procedure_id, ($2::text[])[channel] as service_channel,
        case when on_time >= 0 then on_time = 1 end as on_time, cancelled,
        case when drawn >= 0 then drawn = 1 end as drawn, phone
    from sent_event left join sent_phone on sent_phone.place = sent_event.place
), held as (
    select latest.place, transaction.id_hash, transaction.round_id, transaction.unit_id, transaction.procedure_id,
        transaction.service_channel, transaction.completed_at, transaction.on_time, transaction.cancelled,
        transaction.drawn,
        case when (latest.changed_at, latest.cancelled) < (transaction.changed_at, transaction.cancelled)
                then 'superseded'
            when (latest.changed_at, latest.cancelled, latest.completed_at, latest.unit_id, latest.procedure_id,
                    latest.service_channel, latest.on_time)
                is not distinct from (transaction.changed_at, transaction.cancelled, transaction.completed_at,
                    transaction.unit_id, transaction.procedure_id, transaction.service_channel, transaction.on_time)
                then 'duplicate'
            when latest.cancelled then 'cancelled'
            else 'corrected' end as status,
        (transaction.due_at is not null and latest.phone is not null)
            or (transaction.drawn is null and latest.drawn is not null) as completes
    from latest cross join lateral (
        select id_hash, changed_at, completed_at, due_at, round_id, unit_id, procedure_id, service_channel, on_time,
            cancelled, drawn
        from transaction where transaction.id_hash = latest.id_hash limit 1
    ) as transaction
), stored as (
    insert into transaction (id_hash, changed_at, completed_at, due_at, round_id, unit_id, procedure_id,
        service_channel, on_time, cancelled, drawn, phone, source)
    select id_hash, changed_at, completed_at, due_at, round_id, unit_id, procedure_id,
        service_channel, on_time, cancelled, drawn, phone, $3
    from latest where id_hash not in (select id_hash from held)
    returning cancelled
), replaced as (
    select * from held where status in ('corrected', 'cancelled') or (status = 'duplicate' and completes)
), changed as (
    update transaction set changed_at = latest.changed_at, completed_at = latest.completed_at,
        round_id = latest.round_id, unit_id = latest.unit_id, procedure_id = latest.procedure_id,
        service_channel = latest.service_channel, on_time = latest.on_time, cancelled = latest.cancelled,
        drawn = case when transaction.drawn and transaction.due_at is null then true else latest.drawn end,
        due_at = case when transaction.drawn and transaction.due_at is null then null else latest.due_at end,
        phone = case when transaction.drawn and transaction.due_at is null then null else latest.phone end
    from replaced join latest on latest.id_hash = replaced.id_hash
    where transaction.id_hash = replaced.id_hash
    returning transaction.round_id, transaction.unit_id, transaction.procedure_id, transaction.service_channel,
        transaction.completed_at, transaction.on_time, transaction.cancelled, transaction.drawn
), difference as (
    select changed.*, 1 as n from changed
    union all select round_id, unit_id, procedure_id, service_channel, completed_at, on_time, cancelled, drawn, -1
    from replaced
    union all select latest.round_id, latest.unit_id, latest.procedure_id, latest.service_channel,
        latest.completed_at, latest.on_time, latest.cancelled, latest.drawn, -1
    from held join latest on latest.id_hash = held.id_hash
), tallied as (
    insert into tally (round_id, unit_id, procedure_id, channel, month, on_time, cancelled, drawn, n)
    select round_id, unit_id, procedure_id, array_position($2::text[], service_channel),
        (date_trunc('month', completed_at, 'Asia/Ho_Chi_Minh') at time zone 'Asia/Ho_Chi_Minh')::date as month,
        coalesce(on_time::int, -1), cancelled, coalesce(drawn::int, -1), sum(n)
    from difference where round_id is not null
    group by 1, 2, 3, 4, 5, 6, 7, 8 having sum(n) <> 0
)
select case when cancelled then 'cancelled' else 'stored' end as status, count(*) as transactions, null as places
from stored where not $1 group by 1
union all
select case when cancelled then 'cancelled' else 'stored' end, count(*), array_agg(place)
from latest where $1 and id_hash not in (select id_hash from held) group by 1
union all
select status, count(*), array_agg(place) filter (where $1) from held group by 1;

-- name: count_tally
-- Adds the tally to the counts and the funnel. $1: the words that `sent_event` refers to.
with difference as materialized (
    select round_id, unit_id, procedure_id, ($1::text[])[channel] as service_channel, month, on_time, cancelled, drawn,
        sum(n) as n
    from tally where round_id > 0
    group by round_id, unit_id, procedure_id, channel, month, on_time, cancelled, drawn having sum(n) <> 0
), counted as (
    insert into transaction_count as held (round_id, unit_id, procedure_id, service_channel, month, transactions,
        on_time, late)
    select round_id, unit_id, procedure_id, service_channel, month,
        sum(n), coalesce(sum(n) filter (where on_time = 1), 0), coalesce(sum(n) filter (where on_time = 0), 0)
    from difference where not cancelled
    group by 1, 2, 3, 4, 5
    on conflict (round_id, unit_id, procedure_id, service_channel, month) do update
        set transactions = held.transactions + excluded.transactions,
            on_time = held.on_time + excluded.on_time, late = held.late + excluded.late
    returning round_id
), versions as (
    insert into transaction_count_version as held (round_id, version)
    select distinct round_id, 1 from counted
    on conflict (round_id) do update set version = held.version + 1
)
insert into funnel (round_id, unit_id, procedure_id, service_channel, day, step, n)
select round_id, unit_id, procedure_id, service_channel, (now() at time zone 'Asia/Ho_Chi_Minh')::date as day,
    case when drawn = 1 then 'drawn' else 'not_drawn' end as step, sum(n)
from difference where drawn >= 0
group by 1, 2, 3, 4, 5, 6 having sum(n) <> 0
order by 1, 2, 3, 4, 5, 6
on conflict on constraint funnel_once do update set n = funnel.n + excluded.n;

-- name: list_messages_of_events
-- Waiting messages about transactions of `sent_event`.
select id from message where state = 'waiting' and exists (select from sent_event where sent_event.id_hash = transaction_hash);

-- name: expire_links
update link set expires_at = now() where not used and token_hash = any($1::bytea[]);

-- name: settle_problems
-- A counted transaction has no problem any more, except from later events.
delete from transaction_problem using sent_event
where transaction_problem.id_hash = sent_event.id_hash
    and transaction_problem.changed_at <= sent_event.changed_at;

-- name: insert_problems
-- Except problems that the same batch corrects further on. A later event about a transaction replaces an earlier one.
insert into transaction_problem (id_hash, changed_at, source, reason, detail, event)
select id_hash, changed_at, source, reason, detail, event
from (
    select distinct on (id_hash, changed_at) id_hash, changed_at, source, reason, detail, event::jsonb, place
    from (
        select place, id_hash, coalesce(changed_at, '-infinity') as changed_at, source, reason, detail, event
        from unnest($1::int[], $2::bytea[], $3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::text[])
            as sent (place, id_hash, changed_at, source, reason, detail, event)
    ) as problem
    where not exists (
        select from sent_event where sent_event.id_hash = problem.id_hash
            and (sent_event.changed_at, sent_event.place) > (problem.changed_at, problem.place)
    )
    order by id_hash, changed_at, place desc
) as latest
order by place
on conflict on constraint transaction_problem_once do update
    set source = excluded.source, reason = excluded.reason, detail = excluded.detail, event = excluded.event;

-- name: list_problems
select received_at, source, reason, detail, event from transaction_problem order by id;

-- name: count_problems
select reason, count(*) as events from transaction_problem group by reason order by reason;

-- name: assign_rounds
-- By their times: of the rounds open then, the one that opened last. Transactions whose invitation is decided
-- stay with their round.
update transaction set round_id = belongs.round_id
from (
    select id_hash, (
        select id from round where opens_at <= completed_at and (closes_at is null or completed_at < closes_at)
        order by opens_at desc, id desc limit 1
    ) as round_id
    from transaction where drawn is null
) as belongs
where transaction.id_hash = belongs.id_hash and transaction.round_id is distinct from belongs.round_id;

-- name: recount_transactions
-- Recomputes the counts from the transactions, and raises the versions of what changed.
with counted as (
    select round_id, unit_id, procedure_id, service_channel,
        date_trunc('month', completed_at at time zone 'Asia/Ho_Chi_Minh')::date as month,
        count(*) as transactions, count(*) filter (where on_time) as on_time, count(*) filter (where not on_time) as late
    from transaction where round_id is not null and not cancelled group by 1, 2, 3, 4, 5
), wrong as (
    delete from transaction_count as held where not exists (
        select from counted where counted.round_id = held.round_id and counted.unit_id = held.unit_id
            and counted.procedure_id = held.procedure_id and counted.service_channel = held.service_channel
            and counted.month = held.month
    ) returning round_id
), written as (
    insert into transaction_count as held (round_id, unit_id, procedure_id, service_channel, month, transactions,
        on_time, late)
    select round_id, unit_id, procedure_id, service_channel, month, transactions, on_time, late from counted
    on conflict (round_id, unit_id, procedure_id, service_channel, month) do update
        set transactions = excluded.transactions, on_time = excluded.on_time, late = excluded.late
        where (held.transactions, held.on_time, held.late)
            is distinct from (excluded.transactions, excluded.on_time, excluded.late)
    returning round_id
)
insert into transaction_count_version as held (round_id, version)
select distinct round_id, 1 from (select round_id from wrong union all select round_id from written) as changed
on conflict (round_id) do update set version = held.version + 1;

-- name: count_miscounts
-- By round: the number of strata and months whose counts differ from the transactions.
select round.code as round, count(*) as different
from (
    select round_id, unit_id, procedure_id, service_channel,
        date_trunc('month', completed_at at time zone 'Asia/Ho_Chi_Minh')::date as month,
        count(*) as transactions, count(*) filter (where on_time) as on_time, count(*) filter (where not on_time) as late
    from transaction where round_id is not null and not cancelled group by 1, 2, 3, 4, 5
) as counted
full join (
    select round_id, unit_id, procedure_id, service_channel, month, transactions, on_time, late
    from transaction_count where (transactions, on_time, late) <> (0, 0, 0)
) as held using (round_id, unit_id, procedure_id, service_channel, month)
join round on round.id = round_id
where (counted.transactions, counted.on_time, counted.late)
    is distinct from (held.transactions, held.on_time, held.late)
group by round.code order by round.code;

-- name: count_before
-- Transactions of no round, finished before a moment.
select count(*), min(completed_at) from transaction
where round_id is null and not cancelled and completed_at < $1;

-- name: list_counts
select round.code as round, transactions, on_time, late
from round join (
    select round_id, sum(transactions)::bigint as transactions, sum(on_time)::bigint as on_time,
        sum(late)::bigint as late
    from transaction_count group by round_id
) as counted on round_id = round.id
order by opens_at, id;
