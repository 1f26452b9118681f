-- grain: one row per shop whose order lines may state who is credited  key: platform, shop_id  reads: source_account
-- parameters: streams (connector_stream of the feeds that yield a column of credit)
create or replace temp table stating_shop as
select distinct platform, shop_id
from source_account
where list_contains(cast($streams as varchar[]), concat(connector, '_', stream))
