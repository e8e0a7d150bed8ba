-- name: upsert_procedures
insert into procedure (code, name, field)
select code, name, field from unnest($1::text[], $2::text[], $3::text[]) as given (code, name, field)
on conflict on constraint procedure_code_once do update set name = excluded.name, field = excluded.field;
