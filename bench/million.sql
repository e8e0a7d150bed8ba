-- Responses on paper (every item asked), spread over all units, procedures and two service channels.
insert into response (id, round_id, unit_id, procedure_id, submitted_at, complete, channel, service_channel, form,
    language, answers, digest)
select gen_random_uuid(), round.id, 1 + (random() * 599)::int, 1 + (random() * 19)::int,
    now() - random() * interval '20 days', true, 'paper', (array['counter', 'online'])[1 + (n % 2)], 'full', 'vi',
    array(select (case when random() < 0.03 then -1 else 1 + floor(5 * random() ^ 0.4) end)::smallint
        from generate_series(1, 23) where n > 0), decode(md5(n::text), 'hex')
from round, generate_series(1, $COUNT$) as n;
