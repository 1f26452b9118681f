-- grain: one row per record key, its newest version; equal versions are decided by hash, so that row order never matters
-- key: record_key  reads: staged_all
create or replace temp table staged as
select record_key, record_day, version_at, row_hash
from staged_all
qualify row_number() over (partition by record_key order by version_at desc, row_hash desc) = 1
