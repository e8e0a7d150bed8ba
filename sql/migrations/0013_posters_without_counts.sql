-- The hour in which a poster was answered last showed when a citizen had answered, and no limit uses it any more.
alter table poster drop column hour, drop column answers;
