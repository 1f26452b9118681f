-- grain: one row per record of a window's file, without its payload  key: none (a key may repeat)  reads: record_file.sql
-- parameters: file
-- The payload is read again by merge.sql, only for what changed: memory holds keys, not orders.
create or replace temp table staged_all as
select record_key, record_day, version_at, row_hash, payload is not null as is_whole
from ${record_file}
