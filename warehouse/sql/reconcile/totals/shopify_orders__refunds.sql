-- grain: one row per shop with the refund totals that Shopify states, without what was no sale  key: platform, shop_id
-- reads: raw_shopify_orders, source_account
-- parameters: start_on, end_on
-- The money of a refund less its taxes and duties, and less tips and gift cards; goods that were exchanged came back without money.
with given as (
    select
        a.platform, r.shop_id, a.zone, cast(r.payload ->> 'taxes_included' as boolean) as holds_tax,
        unnest(from_json_strict(r.payload -> 'refunds', '[{
            "created_at": "TIMESTAMPTZ", "total": "DECIMAL(18,4)", "duties": "DECIMAL(18,4)",
            "lines": [{"kind": "VARCHAR", "subtotal": "DECIMAL(18,4)", "tax": "DECIMAL(18,4)"}],
            "shipping": [{"tax": "DECIMAL(18,4)"}], "rest": {"tax": "DECIMAL(18,4)", "exchanged": "DECIMAL(18,4)"}
        }]')) as refund
    from raw_shopify_orders as r
    inner join source_account as a on a.connector = 'shopify' and a.stream = 'orders' and a.shop_id = r.shop_id
    where r.payload ->> 'paid_at' is not null and json_array_length(r.payload, '$.refunds') > 0
),
counted as (
    select
        *, refund.total + refund.rest.exchanged - refund.duties - refund.rest.tax
        - coalesce(list_sum(list_transform(refund.lines, lambda x: x.tax)), 0)
        - coalesce(list_sum(list_transform(refund.shipping, lambda x: x.tax)), 0)
        - coalesce(list_sum(list_transform(
            list_filter(refund.lines, lambda x: x.kind <> 'goods'),
            lambda x: x.subtotal - case when holds_tax then x.tax else 0 end
        )), 0) as amount
    from given
)
select platform, shop_id, sum(amount) as amount
from counted
where cast(timezone(zone, refund.created_at) as date) between $start_on and $end_on
group by platform, shop_id
