-- grain: one row per shop with the number of tickets, deleted ones aside  key: platform, shop_id  reads: raw_zendesk_tickets, source_account
-- parameters: start_on, end_on
select a.platform, r.shop_id, count(*) as amount
from raw_zendesk_tickets as r
inner join source_account as a on a.connector = 'zendesk' and a.stream = 'tickets' and a.shop_id = r.shop_id
where r.payload ->> 'status' <> 'deleted'
    and cast(timezone(a.zone, cast(r.payload ->> 'created_at' as timestamptz)) as date) between $start_on and $end_on
group by a.platform, r.shop_id
