-- 600 units, 20 procedures, one open round of sipas-22, whose source stands in below.
insert into unit (code, name, type) select to_char(n, 'FM00000'), 'Phường ' || n, 'commune' from generate_series(1, 600) as n;
insert into procedure (code, name, field) select to_char(n, 'FM00'), 'Thủ tục ' || n, 'Hộ tịch' from generate_series(1, 20) as n;
insert into instrument (code, version, source) values ('sipas-22', 1, $INSTRUMENT$);
insert into round (code, instrument_id, strata, index_code, opens_at)
select 'bench', id, '{unit,procedure,service_channel}', 'overall', now() - interval '30 days' from instrument;
