-- grain: one row per recorded window, oldest first  key: load_id  reads: load_window
select connector, stream, shop_id, window_from, window_to, status, proof, cause_code, cause, as_of, kind
from load_window
order by load_seq
