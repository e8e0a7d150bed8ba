-- Posters of one round, where several rounds are open at once.

alter table poster add column round_id int constraint poster_round references round;
