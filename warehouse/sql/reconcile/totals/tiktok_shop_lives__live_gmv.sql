-- grain: one row per shop with the sales that TikTok states for its livestreams  key: platform, shop_id
-- reads: raw_tiktok_shop_lives, source_account
-- parameters: start_on, end_on
select a.platform, r.shop_id, sum(cast(r.payload ->> 'gmv' as decimal(18, 4))) as amount
from raw_tiktok_shop_lives as r
inner join source_account as a on a.connector = 'tiktok_shop' and a.stream = 'lives' and a.shop_id = r.shop_id
where cast(timezone(a.zone, cast(r.payload ->> 'start_time' as timestamptz)) as date) between $start_on and $end_on
group by a.platform, r.shop_id
