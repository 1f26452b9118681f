-- grain: one row per chat  key: platform, shop_id, chat_id  reads: core_chat
-- The figures of the service desk stand first; credited.sql fills the others.
update core_chat
set credited_base = paid_amount_base,
    refunded_base = coalesce(refund_amount_base, case when paid_amount = 0 then 0 end)
