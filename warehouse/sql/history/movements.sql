-- grain: one row per load that moved rows of a day, oldest first  key: load_seq  reads: the raw table, record_history, load_window
-- parameters: connector, stream, shop, day
with version as (
    select record_key, load_seq, cast(null as bigint) as replaced_by
    from ${table}
    where shop_id = $$shop and record_day = $$day
    union all
    select record_key, load_seq, replaced_by_load_seq
    from record_history
    where connector = $$connector and stream = $$stream and shop_id = $$shop and record_day = $$day
),
moved as (
    select load_seq, record_key, true as enters, false as leaves from version
    union all
    select replaced_by as load_seq, record_key, false, true from version where replaced_by is not null
),
per_record as (
    select load_seq, record_key, bool_or(enters) as enters, bool_or(leaves) as leaves
    from moved
    group by all
)
select
    p.load_seq, any_value(epoch_us(w.as_of)) as as_of_us, any_value(w.landing_file) as landing_file,
    count(*) filter (where p.enters and not p.leaves) as new_rows, count(*) filter (where p.enters and p.leaves) as changed_rows,
    count(*) filter (where not p.enters) as gone_rows
from per_record as p
left join load_window as w on w.load_seq = p.load_seq
group by p.load_seq
order by p.load_seq
