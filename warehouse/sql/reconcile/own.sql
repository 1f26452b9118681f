-- grain: one row per shop with the sum of its own canonical lines  key: platform, shop_id
-- reads: reconciled_line, raw tables of streams that state no total, source_account
-- The total of streams whose platform states none that means the same: each line once, and only if a record of such a stream stands
-- behind it. So a line that is there twice, or comes from nowhere, still shows as a difference; a record that became no line does not.
select platform, shop_id, sum(amount) as amount
from (
    select platform, shop_id, item_id, max(amount) as amount
    from (select l.platform, l.shop_id, l.item_id, l.amount, ${is_own} as is_own from reconciled_line as l)
    group by platform, shop_id, item_id
    -- max above: a line that stands twice is summed once here, and twice where it is credited
    having bool_and(is_own)
)
group by platform, shop_id
