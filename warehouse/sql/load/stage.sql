-- grain: one row per record of a window's NDJSON file, without its payload  key: none (a key may repeat)  reads: the file
-- The payload is read again by merge.sql, only for what changed: memory holds keys, not orders. The reader reserves twice the
-- largest object; 16 MiB holds an order of some 60,000 lines, a larger one fails loudly (W201).
create or replace temp table staged_all as
select record_key, record_day, version_at, row_hash, payload is not null as is_whole
from read_json(
    ?, format = 'newline_delimited', maximum_object_size = 16777216,
    columns = {record_key: 'VARCHAR', record_day: 'DATE', version_at: 'TIMESTAMPTZ', row_hash: 'VARCHAR', payload: 'JSON'}
)
