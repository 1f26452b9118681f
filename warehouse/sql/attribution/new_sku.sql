-- grain: one row per new SKU of a shop, with its first days  key: platform, shop_id, sku_id
-- reads: core_listing, core_sku, core_order_line, core_refund, core_ad, core_purchase_order  parameters: new_sku_days
-- Listed is the day of the listing, or else that of skus.csv in every shop that sold the SKU. An unknown figure stays NULL.
with listed as (
    select platform, shop_id, sku_id, min(live_on) as listed_on, arg_min(owner_id, live_on) as owner_id
    from core_listing
    -- a listing that does not say whether it is new counts as new
    where sku_id is not null and live_on is not null and is_new is distinct from false
    group by all
),
sold as (
    select platform, shop_id, sku_id, min(business_date) as first_on
    from core_order_line
    where sku_id is not null and not coalesce(is_excluded, false)
    group by all
),
new as (
    select platform, shop_id, sku_id, listed_on, owner_id
    from listed
    union all
    select o.platform, o.shop_id, o.sku_id, s.listed_on, s.owner_id
    from sold as o
    inner join core_sku as s on s.sku_id = o.sku_id and s.listed_on is not null
    anti join listed as l on l.shop_id = o.shop_id and l.sku_id = o.sku_id
),
span as (
    -- less 1: the day of the listing is the first of them
    select n.*, n.listed_on + cast($new_sku_days - 1 as integer) as day_90_on, s.sku_group, s.brand,
        coalesce(n.owner_id, s.owner_id) as credited_to
    from new as n
    left join core_sku as s on s.sku_id = n.sku_id
),
moved as (
    select
        n.platform, n.shop_id, n.sku_id, o.qty, o.paid_amount_base as sales_base,
        o.cogs_base + coalesce(o.platform_fee_base, 0) + coalesce(o.payment_fee_base, 0)
        + coalesce(o.fulfil_fee_base, 0) + coalesce(o.freight_base, 0) + coalesce(o.tariff_base, 0) as cost_base
    from span as n
    inner join core_order_line as o
        on o.shop_id = n.shop_id and o.sku_id = n.sku_id and o.business_date between n.listed_on and n.day_90_on
    where not coalesce(o.is_excluded, false)
    union all
    select n.platform, n.shop_id, n.sku_id, -r.qty, -r.amount_base, -r.cogs_base
    from span as n
    inner join core_refund as r
        on r.shop_id = n.shop_id and r.sku_id = n.sku_id and r.business_date between n.listed_on and n.day_90_on
    where not coalesce(r.is_excluded, false)
),
earned as (
    select
        platform, shop_id, sku_id, sum(qty) as qty, case when count(sales_base) = count(*) then sum(sales_base) end as sales_base,
        case when count(cost_base) = count(*) then sum(cost_base) end as cost_base, count(*) as n
    from moved
    group by all
),
spent as (
    select n.platform, n.shop_id, n.sku_id, case when count(a.spend_base) = count(*) then sum(a.spend_base) end as spend_base, count(*) as n
    from span as n
    inner join core_ad as a
        on a.shop_id = n.shop_id and a.sku_id = n.sku_id and a.ad_on between n.listed_on and n.day_90_on
    group by all
),
bought as (
    select n.platform, n.shop_id, n.sku_id, sum(cast(p.received_qty * p.unit_price_base as decimal(38, 12))) as stock_base
    from span as n
    inner join core_purchase_order as p
        on p.shop_id = n.shop_id and p.sku_id = n.sku_id and p.received_on <= n.day_90_on
    group by all
)
select
    n.platform, n.shop_id, n.sku_id as source_row_id, n.sku_id, n.sku_group, n.brand, n.credited_to as owner_id, n.listed_on,
    n.day_90_on, cast(coalesce(e.qty, 0) as bigint) as sold_qty,
    cast(case when e.n is null then 0 else e.sales_base end as decimal(26, 12)) as sales_base,
    cast(case when e.n is null then 0 else e.cost_base end as decimal(26, 12)) as cost_base,
    cast(case when s.n is null then 0 else s.spend_base end as decimal(26, 12)) as ad_spend_base,
    cast(
        case when e.n is null then 0 else e.sales_base - e.cost_base end
        - case when s.n is null then 0 else s.spend_base end as decimal(26, 12)
    ) as contribution_base,
    cast(b.stock_base as decimal(26, 12)) as stock_bought_base
from span as n
left join earned as e on e.platform = n.platform and e.shop_id = n.shop_id and e.sku_id = n.sku_id
left join spent as s on s.platform = n.platform and s.shop_id = n.shop_id and s.sku_id = n.sku_id
left join bought as b on b.platform = n.platform and b.shop_id = n.shop_id and b.sku_id = n.sku_id
order by n.day_90_on, n.shop_id, n.sku_id
