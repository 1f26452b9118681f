-- grain: one row per role that owns one fact through two kinds of scope, so that a row could be credited twice  key: role_id
-- reads: core_ownership  (a ticket can be owned by shop, queue or agent; an order line by shop or SKU group)
select role_id, string_agg(distinct scope_type, ', ' order by scope_type) as scope_types
from core_ownership
group by role_id
having count(distinct scope_type) filter (where scope_type in ('queue', 'agent')) > 1
    or (count(*) filter (where scope_type = 'shop') > 0 and count(*) filter (where scope_type <> 'shop') > 0)
