-- grain: one row per livestream of a period whose sales are stated  key: platform, shop_id, item_id  reads: core_live_session
-- parameters: start_on, end_on
create or replace temp table reconciled_line as
select platform, session_id as item_id, started_on as day, false as is_excluded, gmv as amount, ${columns}
from core_live_session
where started_on between $$start_on and $$end_on and gmv is not null
