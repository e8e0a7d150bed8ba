-- name: insert_unread
insert into unread_callback (received_at, reason, outline, token_hash, content)
select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::bytea[], $5::bytea[]);

-- name: count_more_unread
update unread_callback_count set n = n + $1;

-- name: drop_unread
-- Delete the oldest of each reason beyond that number.
delete from unread_callback where id in (
    select id from (
        select id, row_number() over (partition by reason order by id desc) as place from unread_callback
    ) as placed where place > $1);

-- name: list_unread
select received_at, reason, outline, token_hash, content, id from unread_callback
where reason = any($1) and id > $2 order by id limit $3 for update skip locked;

-- name: group_unread
-- Callbacks of equal outlines, the latest first.
select outline, reason, count(*), min(received_at), max(received_at)
from unread_callback group by outline, reason order by max(received_at) desc;

-- name: count_unread
select count(id), n, max(received_at) from unread_callback_count left join unread_callback on true group by n;

-- name: mark_unread
update unread_callback set reason = $2, outline = $3 where id = $1;

-- name: list_unread_of_other_keys
select id, content from unread_callback
where substr(content, 1, length($1::bytea)) <> $1 order by id limit $2 for update;

-- name: reencrypt_unread
update unread_callback set content = taken.encrypted from unnest($1::bigint[], $2::bytea[]) as taken (id, encrypted)
where unread_callback.id = taken.id;

-- name: delete_unread
delete from unread_callback where id = any($1);

-- name: delete_all_unread
delete from unread_callback returning id;

-- name: delete_old_unread
delete from unread_callback where received_at < $1;
