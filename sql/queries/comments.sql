-- name: list_comments
-- Comments, answers to text items and texts beside the option "other" of a round, in an order that tells nothing of
-- when they were given. item: null for comments. month: null where the mix kept only the round.
select unit_id, channel, item, words,
    case when time_kept = 'round' then null
        else date_trunc('month', submitted_at at time zone 'Asia/Ho_Chi_Minh')::date end as month
from (
    select unit_id, channel, time_kept, submitted_at, null as item, comment as words
    from response where round_id = $1 and comment is not null
    union all
    select unit_id, channel, time_kept, submitted_at, written.key, written.value
    from response, jsonb_each_text(texts) as written where round_id = $1 and texts is not null
) as said
order by md5(words), unit_id, channel;
