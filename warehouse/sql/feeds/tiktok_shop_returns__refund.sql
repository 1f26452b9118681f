-- grain: one row per unit of a return, and one for the subsidy that goes back with it  key: platform, shop_id, refund_line_id
-- reads: feed_record
-- record: refund_id
-- Money counts once the buyer has it back. The shop loses what it was credited: the goods and TikTok's subsidy of them, without tax, no
-- shipping (see the orders: the sum of the return tells whether its tax comes on top). When exactly it went back is not stated: the last
-- change of the finished return is taken. Where tax is in the price and shipping went back too, the part of the goods is unknown.
with asked as (
    select
        platform, shop_id, record_key as refund_id, zone,
        from_json_strict(payload, '{
            "order_id": "VARCHAR", "return_type": "VARCHAR", "return_status": "VARCHAR", "arbitration_status": "VARCHAR",
            "return_reason": "VARCHAR", "create_time": "TIMESTAMPTZ", "update_time": "TIMESTAMPTZ",
            "refund_amount": {"currency": "VARCHAR", "refund_subtotal": "DECIMAL(18,4)", "refund_shipping_fee": "DECIMAL(18,4)",
                "refund_tax": "DECIMAL(18,4)", "refund_total": "DECIMAL(18,4)"},
            "discount_amount": [{"product_platform_discount": "DECIMAL(18,4)"}],
            "return_line_items": [{"return_line_item_id": "VARCHAR", "order_line_item_id": "VARCHAR", "sku_id": "VARCHAR",
                "seller_sku": "VARCHAR", "refund_amount": {"currency": "VARCHAR", "refund_subtotal": "DECIMAL(18,4)", "refund_tax": "DECIMAL(18,4)"}}]
        }') as o
    from feed_record
),
judged as (
    select *, o.return_status in ('RETURN_OR_REFUND_REQUEST_COMPLETE', 'REPLACEMENT_REQUEST_REFUND_SUCCESS') as is_paid
    from asked
),
explained as (
    select
        *, o.refund_amount as head,
        coalesce(list_sum(list_transform(o.return_line_items, lambda x: x.refund_amount.refund_subtotal)), 0) as of_lines,
        list_sum(list_transform(o.return_line_items, lambda x: x.refund_amount.refund_tax)) as lines_tax,
        coalesce(list_sum(list_transform(o.discount_amount, lambda x: x.product_platform_discount)), 0) as subsidy
    from judged
),
taxed as (
    select
        *, coalesce(head.refund_tax, lines_tax) as tax,
        coalesce(head.refund_shipping_fee, 0) as shipping,
        coalesce(head.currency, '') <> 'USD' and coalesce(head.refund_tax, lines_tax, 0) <> 0
        and head.refund_total is distinct from head.refund_subtotal + coalesce(head.refund_shipping_fee, 0) + head.refund_tax
            as is_inside
    from explained
),
unit as (
    select
        *, line.refund_amount.refund_subtotal as subtotal,
        -- a single line takes the tax that only the sum of the return states
        coalesce(line.refund_amount.refund_tax, case when len(o.return_line_items) = 1 then tax end) as unit_tax
    from (select *, unnest(o.return_line_items) as line from taxed)
),
part as (
    select
        platform, shop_id, refund_id, zone, o, is_paid, line.return_line_item_id as refund_line_id,
        line.order_line_item_id as line_id, coalesce(line.seller_sku, line.sku_id) as sku_id,
        case when is_paid and o.return_type = 'RETURN_AND_REFUND' then 1 else 0 end as qty,
        case
            when not is_paid then 0
            when is_inside and shipping <> 0 then null
            else coalesce(subtotal, 0) - case when is_inside then coalesce(unit_tax, 0) else 0 end
        end as amount,
        case when is_paid then unit_tax end as tax_amount
    from unit
),
explaining as (
    select platform, shop_id, refund_id, sum(amount) as amount, sum(tax_amount) as tax_amount
    from part
    group by all
),
rest as (
    select
        t.*,
        case
            when is_inside and shipping <> 0 then null
            else coalesce(head.refund_subtotal, of_lines) + subsidy - case when is_inside then tax else 0 end
        end - coalesce(e.amount, 0) as rest,
        tax - coalesce(e.tax_amount, 0) as rest_tax
    from taxed as t
    left join explaining as e using (platform, shop_id, refund_id)
),
line as (
    select * from part
    union all
    select
        platform, shop_id, refund_id, zone, o, is_paid, concat(refund_id, '/rest') as refund_line_id, null as line_id,
        null as sku_id, 0 as qty, case when is_paid then rest else 0 end as amount,
        case when is_paid then nullif(rest_tax, 0) end as tax_amount
    from rest
    where (is_paid and (rest <> 0 or rest_tax <> 0)) or len(o.return_line_items) = 0
)
select
    platform, shop_id, refund_line_id as source_row_id, zone, refund_id, refund_line_id, o.order_id as order_id, line_id,
    sku_id, cast(qty as bigint) as qty, cast(amount as decimal(18, 4)) as amount, cast(tax_amount as decimal(18, 4)) as tax_amount,
    o.refund_amount.currency as currency, o.return_reason as reason, case when is_paid then o.update_time end as refunded_at,
    case o.return_type
        when 'REFUND' then 'refund_only'
        when 'RETURN_AND_REFUND' then 'return'
        when 'REPLACEMENT' then 'exchange'
    end as type,
    o.create_time as requested_at,
    o.return_status in ('RETURN_OR_REFUND_REQUEST_CANCEL', 'REPLACEMENT_REQUEST_CANCEL') as withdrawn,
    o.arbitration_status is not null as platform_intervened
from line
