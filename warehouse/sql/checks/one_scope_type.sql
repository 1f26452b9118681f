-- grain: one row per role that owns one fact through two kinds of scope, so that a row could be credited twice  key: role_id
-- reads: core_ownership  (a ticket can be owned by shop, queue or agent; an order line by shop, SKU group, brand, room or campaign)
-- Departments stand beside shops where no row has both: see shop_and_dept.
select role_id, string_agg(distinct scope_type, ', ' order by scope_type) as scope_types
from core_ownership
group by role_id
having count(distinct scope_type) filter (where scope_type in ('queue', 'agent')) > 1
    or count(distinct scope_type) filter (where scope_type in ('sku_group', 'brand')) > 1
    or (count(*) filter (where scope_type = 'shop') > 0 and count(*) filter (where scope_type not in ('shop', 'dept', 'person')) > 0)
