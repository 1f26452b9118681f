-- grain: rows of changed tickets leave before their new ones enter  key: shop_id, ticket_id  reads: raw_zendesk_tickets
-- parameters: seq (rows loaded after it)
delete from core_ticket as t
using (select shop_id, record_key from raw_zendesk_tickets where load_seq > $seq) as r
where t.shop_id = r.shop_id and t.ticket_id = r.record_key
