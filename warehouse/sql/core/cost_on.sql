-- grain: one row per SKU and day on which a cost is known  key: sku_id, day
-- reads: core_cost, sku_day_seen, rate_on
-- A cost is valid from its date until the next one, and is converted at its own currency's rate of that day.
create or replace temp table cost_on as
select
    s.sku_id, s.day, cast(cast(c.cogs as decimal(26, 4)) * r.rate as decimal(30, 12)) as unit_cost_base,
    cast(cast(c.platform_fee as decimal(26, 4)) * r.rate as decimal(30, 12)) as unit_platform_fee,
    cast(cast(c.payment_fee as decimal(26, 4)) * r.rate as decimal(30, 12)) as unit_payment_fee,
    cast(cast(c.fulfil_fee as decimal(26, 4)) * r.rate as decimal(30, 12)) as unit_fulfil_fee,
    cast(cast(c.freight as decimal(26, 4)) * r.rate as decimal(30, 12)) as unit_freight,
    cast(cast(c.tariff as decimal(26, 4)) * r.rate as decimal(30, 12)) as unit_tariff
from sku_day_seen as s
asof inner join core_cost as c on c.sku_id = s.sku_id and c.valid_from <= s.day
inner join rate_on as r on r.currency = c.currency and r.day = s.day
