-- name: upsert_procedures
insert into procedure (code, name, field, name_en, field_en)
select code, name, field, name_en, field_en
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
    as given (code, name, field, name_en, field_en)
on conflict on constraint procedure_code_once do update
    set name = excluded.name, field = excluded.field, name_en = excluded.name_en, field_en = excluded.field_en;
