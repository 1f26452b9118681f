-- grain: one row per load of a span of one stream, put into keep_withdrawn.sql and drop_withdrawn.sql  key: load_seq
-- reads: load_window  parameters: connector, stream, shop, start, end
select load_seq
from load_window
where connector = $connector and stream = $stream and shop_id = $shop and window_from = $start and window_to = $end
