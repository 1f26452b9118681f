-- grain: one row per record of a window's NDJSON file, put into stage.sql, merge.sql and insert_new.sql  key: none (a key may repeat)
-- reads: the file  parameters: file
-- The reader reserves twice the largest object (https://duckdb.org/docs/stable/data/json/loading_json, maximum_object_size); 16 MiB
-- holds an order of some 60,000 lines, a larger one fails loudly (W201).
read_json(
    $file, format = 'newline_delimited', maximum_object_size = 16777216,
    columns = {record_key: 'VARCHAR', record_day: 'DATE', version_at: 'TIMESTAMPTZ', row_hash: 'VARCHAR', payload: 'JSON'}
)
