-- Bookkeeping, company tables, canonical facts and results. No primary keys: uniqueness is a blocking check
-- (sql/checks/unique_keys.sql), because an index must fit in memory and slows every load
-- (https://duckdb.org/docs/stable/guides/performance/indexing).
create table load_window (
    load_id varchar, load_seq bigint, connector varchar, stream varchar, shop_id varchar,
    window_from timestamptz, window_to timestamptz, kind varchar, pages bigint, rows bigint,
    new_rows bigint, changed_rows bigint, quarantined bigint, requests bigint, retries bigint,
    waited_seconds decimal(18, 3), proof varchar, status varchar, cause_code varchar, cause varchar,
    landing_file varchar, landing_sha256 varchar, as_of timestamptz
);
create table stream_cursor (connector varchar, stream varchar, shop_id varchar, cursor varchar, covered_to timestamptz);
create table quarantine (
    load_id varchar, connector varchar, stream varchar, shop_id varchar, source_file varchar,
    row_number bigint, record_key varchar, cause_code varchar, cause varchar
);
create table source_account (
    connector varchar, stream varchar, shop_id varchar, feeds varchar[], zone varchar, platform varchar,
    active_from date, active_to date, lookback varchar, finality_days integer
);
create table company_file (
    table_name varchar, file varchar, sha256 varchar, rows bigint, quarantined bigint, loaded_at timestamptz
);
create table core_state (name varchar, load_seq bigint, inputs varchar);

create table core_person (
    person_id varchar, name varchar, role_id varchar, dept varchar, manager_id varchar, valid_from date, valid_to date,
    hire_date date, leave_date date, leave_type varchar, is_key boolean, fte decimal(7, 6)
);
create table core_ownership (
    scope_type varchar, scope_id varchar, role_id varchar, person_id varchar, share decimal(7, 6),
    valid_from date, valid_to date
);
create table core_target (
    scope varchar, scope_id varchar, kpi_id varchar, period varchar, value decimal(38, 10), threshold decimal(38, 10),
    stretch decimal(38, 10), basis varchar, approved_by varchar, version varchar, note varchar
);
create table core_rating (
    person_id varchar, period varchar, item_id varchar, rater_id varchar, rater_type varchar, score decimal(18, 6),
    scale_max decimal(18, 6), comment varchar
);
create table core_cost (sku_id varchar, valid_from date, cogs decimal(18, 4), currency varchar, note varchar);
create table core_rate (currency varchar, base_currency varchar, rate_date date, rate decimal(12, 8), source varchar);
create table core_sku (sku_id varchar, title varchar, sku_group varchar, listed_on date);
create table ticket_sla (priority varchar, sla_hours bigint);

create table kpi_actual_daily (
    business_date date, person_id varchar, role_id varchar, kpi_id varchar, numerator decimal(38, 10),
    denominator decimal(38, 10), value decimal(38, 10), status varchar, cause_code varchar, cause varchar, n_rows bigint
);
create table kpi_actual_mtd (
    business_date date, person_id varchar, role_id varchar, kpi_id varchar, numerator decimal(38, 10),
    denominator decimal(38, 10), value decimal(38, 10), status varchar, cause_code varchar, cause varchar, n_rows bigint,
    target decimal(38, 10), target_to_date decimal(38, 10), attainment decimal(38, 10), pace decimal(38, 10)
);
create table kpi_actual_period (
    period varchar, person_id varchar, role_id varchar, kpi_id varchar, numerator decimal(38, 10),
    denominator decimal(38, 10), value decimal(38, 10), target decimal(38, 10), weight decimal(18, 6),
    attainment decimal(38, 10), score decimal(18, 6), status varchar, cause_code varchar, cause varchar, n_rows bigint
);
create table scorecard (
    period varchar, person_id varchar, role_id varchar, status varchar, total decimal(18, 6), grade varchar,
    coefficient decimal(18, 6), state varchar, definition_hash varchar, cause varchar
);
create table scorecard_line (
    period varchar, person_id varchar, role_id varchar, position integer, dimension varchar, dimension_zh varchar,
    dimension_en varchar, kpi_id varchar, declared_weight decimal(18, 6), weight decimal(18, 6), target decimal(38, 10),
    value decimal(38, 10), numerator decimal(38, 10), denominator decimal(38, 10), attainment decimal(38, 10),
    score decimal(18, 6), contribution decimal(18, 6), status varchar, cause_code varchar, cause varchar, method varchar,
    rule_zh varchar, rule_en varchar, steps json, n_rows bigint
);
create table kpi_label (
    kpi_id varchar, zh varchar, en varchar, unit varchar, direction varchar, kind varchar, decimals integer,
    formula_zh varchar, formula_en varchar, sources varchar, defined_at varchar, effective_from date
);
create table role_label (role_id varchar, zh varchar, en varchar, defined_at varchar);
create table company (id varchar, name_zh varchar, name_en varchar, zone varchar, currency varchar, languages varchar);
create table publication (as_of timestamptz, day date, period varchar, definition_hash varchar);
create table source_record (
    connector varchar, stream varchar, shop_id varchar, record_day date, landing_file varchar, records bigint
);
create view source_window as
select distinct connector, stream, shop_id, window_from, window_to, landing_file, landing_sha256, rows, proof
from load_window
where status = 'proven';
create table reconciliation (
    period varchar, platform varchar, shop_id varchar, measure varchar, platform_total decimal(38, 10),
    credited decimal(38, 10), unowned decimal(38, 10), excluded decimal(38, 10), difference decimal(38, 10)
);
create table source_health (
    connector varchar, stream varchar, shop_id varchar, business_date date, rows bigint, proof varchar, finality varchar,
    loaded_at timestamptz, status varchar, cause_code varchar, cause varchar
);

create table core_order_line (
    platform varchar, shop_id varchar, source_row_id varchar, order_id varchar, line_id varchar, line_type varchar,
    buyer_id varchar, buyer_first_on date, sku_id varchar, sku_group varchar, qty bigint, paid_amount decimal(18, 4),
    currency varchar, fx_rate decimal(12, 8), paid_amount_base decimal(26, 12), cogs_base decimal(26, 12),
    country varchar, ordered_at timestamptz, paid_at timestamptz, business_date date, cancelled_at timestamptz,
    is_excluded boolean, exclude_reason varchar
);
create table core_refund (
    platform varchar, shop_id varchar, source_row_id varchar, refund_id varchar, refund_line_id varchar, order_id varchar,
    line_id varchar, sku_id varchar, sku_group varchar, qty bigint, amount decimal(18, 4), currency varchar,
    fx_rate decimal(12, 8), amount_base decimal(26, 12), cogs_base decimal(26, 12), reason varchar,
    refunded_at timestamptz, business_date date, order_business_date date, is_excluded boolean
);
create table core_ticket (
    platform varchar, shop_id varchar, source_row_id varchar, ticket_id varchar, agent_id varchar, queue_id varchar,
    status varchar, priority varchar, opened_at timestamptz, opened_on date, resolved_at timestamptz, resolved_on date,
    sla_hours bigint, due_on date, first_reply_minutes bigint, resolution_minutes bigint, reopens bigint,
    assignee_stations bigint, satisfaction varchar
);
