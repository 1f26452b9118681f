-- grain: one row per SKU and day in Amazon's warehouses  key: platform, shop_id, snapshot_on, warehouse, sku_id  reads: feed_record
-- On their way are units that were shipped or are being received; what is only announced (working) is not.
select
    platform, shop_id, record_key as source_row_id, zone, s.day as snapshot_on, s.seller_sku as sku_id, 'FBA' as warehouse,
    s.fulfillable_quantity as sellable_qty,
    case
        when s.inbound_shipped_quantity is not null or s.inbound_receiving_quantity is not null
            then coalesce(s.inbound_shipped_quantity, 0) + coalesce(s.inbound_receiving_quantity, 0)
    end as inbound_qty
from (
    select
        platform, shop_id, record_key, zone,
        from_json_strict(payload, '{
            "day": "DATE", "seller_sku": "VARCHAR", "fulfillable_quantity": "BIGINT", "inbound_shipped_quantity": "BIGINT",
            "inbound_receiving_quantity": "BIGINT"
        }') as s
    from feed_record
) as s
