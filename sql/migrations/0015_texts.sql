-- Answers to items of kind text, and texts beside options, by item. Null: none.
alter table response add column texts jsonb;
