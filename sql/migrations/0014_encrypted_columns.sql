-- The columns say what they hold. PostgreSQL 18 names rules of not null after their columns: set them anew.
alter table draft rename column sealed to encrypted;
alter table draft alter column encrypted drop not null;
alter table draft alter column encrypted set not null;
alter table pending rename column sealed to encrypted;
alter table pending alter column encrypted drop not null;
alter table pending alter column encrypted set not null;
