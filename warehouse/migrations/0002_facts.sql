-- Company tables learn what the other facts need. Canonical tables are not written here: they follow from the registry (schema.py).
alter table core_sku add column brand varchar;
alter table core_sku add column category varchar;
alter table core_sku add column owner_id varchar;
alter table core_sku add column delisted_on date;
alter table core_cost add column platform_fee decimal(18, 4);
alter table core_cost add column payment_fee decimal(18, 4);
alter table core_cost add column fulfil_fee decimal(18, 4);
alter table core_cost add column freight decimal(18, 4);
alter table core_cost add column tariff decimal(18, 4);
-- The fact files that stand in facts.yaml, as they were taken in last.
create table fact_drop (
    table_name varchar, shop_id varchar, first_day date, last_day date, zone varchar, file varchar, digest varchar, status varchar,
    cause_code varchar, cause varchar
);
