"""Fields of 抖店 that nobody needs here; they are no drift. Names as in the public SDKs (README.md).

Not here: fields that are read (rows.py), personal ones (__init__.py).
"""

_BOTH = (
    *(
        "order_level",
        "biz",
        "biz_desc",
        "order_type",
        "order_type_desc",
        "trade_type_desc",
        "order_status_desc",
    ),
    *(
        "main_status",
        "main_status_desc",
        "order_expire_time",
        "cancel_reason",
        "b_type",
        "b_type_desc",
        "sub_b_type",
    ),
    *("sub_b_type_desc", "app_id", "pay_type", "channel_payment_no", "order_amount", "post_insurance_amount"),
    *(
        "modify_amount",
        "modify_post_amount",
        "promotion_amount",
        "promotion_shop_amount",
        "promotion_platform_amount",
    ),
    *("shop_cost_amount", "promotion_talent_amount", "promotion_pay_amount", "exp_ship_time", "ship_time"),
    *("promotion_redpack_amount", "promotion_redpack_platform_amount", "promotion_redpack_talent_amount"),
    *(
        "appointment_ship_time",
        "author_cost_amount",
        "only_platform_cost_amount",
        "promise_info",
        "tax_amount",
    ),
)
_ORDER = (
    *("accept_order_status", "shop_id", "shop_name", "trade_type", "logistics_info", "seller_remark_stars"),
    *(
        "order_phase_list",
        "serial_number_list",
        "d_car_shop_biz_data",
        "shop_order_tag_ui",
        "total_promotion_amount",
    ),
    *(
        "post_origin_amount",
        "post_promotion_amount",
        "user_tag_ui",
        "earliest_receipt_time",
        "latest_receipt_time",
    ),
    *(
        "early_arrival",
        "target_arrival_time",
        "packing_amount",
        "supermarket_order_serial_no",
        "address_tag_ui",
    ),
)
_SKU = (
    *(
        "parent_order_id",
        "pay_time",
        "finish_time",
        "create_time",
        "update_time",
        "send_pay",
        "send_pay_desc",
    ),
    *(
        "author_name",
        "theme_type",
        "theme_type_desc",
        "room_id",
        "content_id",
        "origin_id",
        "cid",
        "c_biz",
        "c_biz_desc",
    ),
    *(
        "page_id",
        "logistics_receipt_time",
        "confirm_receipt_time",
        "goods_type",
        "product_id",
        "spec",
        "first_cid",
    ),
    *(
        "second_cid",
        "third_cid",
        "fourth_cid",
        "supplier_id",
        "out_product_id",
        "warehouse_ids",
        "out_warehouse_ids",
    ),
    *(
        "inventory_type",
        "inventory_type_desc",
        "reduce_stock_type",
        "reduce_stock_type_desc",
        "origin_amount",
        "has_tax",
    ),
    *(
        "sum_amount",
        "source_platform",
        "product_pic",
        "is_comment",
        "product_name",
        "inventory_list",
        "pre_sale_type",
    ),
    *(
        "after_sale_info",
        "receive_type",
        "need_serial_number",
        "ad_env_type",
        "sku_order_tag_ui",
        "product_id_str",
    ),
    *(
        "given_product_type",
        "master_sku_order_id",
        "master_sku_order_id_list",
        "card_voucher",
        "bundle_sku_info",
    ),
    *(
        "sku_customization_info",
        "store_info",
        "given_product_activity_info",
        "quality_check_info",
        "sku_yun_warehouse_info",
    ),
)
_INFO = (
    *(
        "aftersale_order_type",
        "related_id",
        "status_deadline",
        "refund_post_amount",
        "aftersale_num",
        "part_type",
    ),
    *(
        "aftersale_refund_type",
        "refund_type",
        "refund_tax_amount",
        "left_urge_sms_count",
        "risk_decision_code",
    ),
    *(
        "risk_decision_reason",
        "risk_decision_description",
        "exchange_sku_info",
        "return_logistics_company_name",
    ),
    *(
        "exchange_logistics_company_name",
        "got_pkg",
        "order_logistics",
        "is_agree_refuse_sign",
        "reason_second_labels",
    ),
    *("aftersale_tags", "store_id", "store_name", "aftersale_sub_type", "auto_audit_bits"),
)
_RELATED = (
    *(
        "order_status",
        "pay_amount",
        "post_amount",
        "item_num",
        "create_time",
        "tax_amount",
        "is_oversea_order",
    ),
    *("product_name", "product_id", "product_image", "tags", "sku_spec", "shop_sku_code", "logistics_code"),
    *(
        "aftersale_post_amount",
        "aftersale_tax_amount",
        "promotion_pay_amount",
        "price",
        "logistics_company_name",
    ),
    *("given_sku_order_ids",),
)
_TEXT = (
    *("logistics_text", "aftersale_status_text", "aftersale_type_text", "return_logistics_text"),
    *("aftersale_refund_type_text", "bad_item_text", "arbitrate_status_text"),
)

OF_ORDERS = (*_BOTH, *_ORDER, *(f"sku_order_list.{name}" for name in (*_BOTH, *_SKU)))
OF_REFUNDS = (
    "order_info.order_flag",
    *(f"aftersale_info.{name}" for name in _INFO),
    *(f"order_info.related_order_info.{name}" for name in _RELATED),
    *(f"text_part.{name}" for name in _TEXT),
)
