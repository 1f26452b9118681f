-- grain: one row per currency and day on which a rate is known  key: currency, day
-- reads: core_rate, day_seen  parameters: base (company currency)
-- A rate is valid from its date until the next one; the company's own currency is 1. No row = no rate.
create or replace temp table rate_on as
with quoted as (
    select currency, rate_date, rate
    from core_rate
    where base_currency = $base and currency <> $base
),
asked as (
    select c.currency, d.day
    from (select distinct currency from quoted) as c
    cross join day_seen as d
)
select a.currency, a.day, q.rate
from asked as a
asof inner join quoted as q on q.currency = a.currency and q.rate_date <= a.day
union all
select $base as currency, d.day, cast(1 as decimal(12, 8)) as rate
from day_seen as d
