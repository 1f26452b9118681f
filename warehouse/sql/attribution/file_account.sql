-- grain: one row per table and shop that a file feeds  key: table_name, platform, shop_id  reads: source_account
create or replace temp table file_account as
select stream as table_name, platform, shop_id
from source_account
where connector = 'file_drop'
