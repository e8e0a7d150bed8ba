-- What expires is found without reading all there ever was: a look at it comes every minute, from every server.
create index link_phone on link (expires_at) where opt_out_hash is not null;
create index message_kept on message (expires_at) where payload is not null;
