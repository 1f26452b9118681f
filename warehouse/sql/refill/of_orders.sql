    union all
    select c.shop_id, c.${record} as record_key, false as is_loaded
    from core_refund as c
    semi join line_touched as o on o.shop_id = c.shop_id and o.order_id = c.order_id
    semi join ${raw} as r on r.shop_id = c.shop_id and r.record_key = c.${record}
