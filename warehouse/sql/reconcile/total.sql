-- grain: one row per stream or own sum and shop with its total of the period  key: none  reads: nothing
create or replace temp table reconciled_total (platform varchar, shop_id varchar, amount decimal(38, 4))
