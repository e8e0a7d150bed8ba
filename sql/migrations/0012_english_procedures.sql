-- English names of procedures and fields for terminals. Null: the Vietnamese name is shown.
alter table procedure add column name_en text, add column field_en text;
