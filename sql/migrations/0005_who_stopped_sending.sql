-- Whoever finds that no messages go out wants to know since when, and whom to ask.
alter table sending add column stopped_at timestamptz, add column stopped_by text;
update sending set stopped_at = now(), stopped_by = 'an earlier version' where stopped;
alter table sending drop column stopped;
