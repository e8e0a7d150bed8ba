-- name: find_instrument_source
select source from instrument where code = $1 and version = $2;

-- name: insert_instrument
insert into instrument (code, version, source) values ($1, $2, $3) returning id;
