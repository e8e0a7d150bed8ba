-- A key touches the transactions of its own source only.
alter table transaction add column source text;
