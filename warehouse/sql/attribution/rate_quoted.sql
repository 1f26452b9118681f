-- grain: one row per quoted rate into the company's currency, which itself is 1 from the beginning  key: currency, rate_date
-- reads: core_rate  parameters: base (company currency)
create or replace temp table rate_quoted as
select currency, rate_date, rate
from core_rate
where base_currency = $base and currency <> $base
union all
select $base as currency, date '0001-01-01' as rate_date, cast(1 as decimal(12, 8)) as rate
