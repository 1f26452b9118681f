-- The published tables, as warehouse/migrations creates them, and source_window.
create table company(id varchar, name_zh varchar, name_en varchar, zone varchar, currency varchar, languages varchar);
create table publication(as_of timestamptz, day date, period varchar, definition_hash varchar);
create table kpi_label(kpi_id varchar, zh varchar, en varchar, unit varchar, direction varchar, kind varchar,
    decimals integer, formula_zh varchar, formula_en varchar, sources varchar, defined_at varchar, effective_from date,
    ranges varchar);
create table role_label(role_id varchar, zh varchar, en varchar, defined_at varchar);
create table core_person(person_id varchar, name varchar, role_id varchar, dept varchar, manager_id varchar,
    valid_from date, valid_to date, hire_date date, leave_date date, leave_type varchar, is_key boolean, fte decimal(5,2));
create table core_ownership(scope_type varchar, scope_id varchar, role_id varchar, person_id varchar,
    share decimal(7,6), valid_from date, valid_to date);
create table core_target(scope varchar, scope_id varchar, kpi_id varchar, period varchar, value decimal(38,10),
    threshold decimal(38,10), stretch decimal(38,10), basis varchar, approved_by varchar, version integer, note varchar);
create table kpi_actual_daily(business_date date, person_id varchar, role_id varchar, kpi_id varchar,
    numerator decimal(38,10), denominator decimal(38,10), value decimal(38,10), status varchar, cause_code varchar,
    cause varchar, n_rows bigint, measured_as varchar);
create table kpi_actual_mtd(business_date date, person_id varchar, role_id varchar, kpi_id varchar,
    numerator decimal(38,10), denominator decimal(38,10), value decimal(38,10), status varchar, cause_code varchar,
    cause varchar, n_rows bigint, target decimal(38,10), target_to_date decimal(38,10), attainment decimal(38,10),
    pace decimal(38,10), share_of_target decimal(38,10), share_of_target_to_date decimal(38,10), measured_as varchar);
create table kpi_actual_period(period varchar, person_id varchar, role_id varchar, kpi_id varchar,
    numerator decimal(38,10), denominator decimal(38,10), value decimal(38,10), target decimal(38,10),
    weight decimal(18,6), attainment decimal(38,10), score decimal(18,6), status varchar, cause_code varchar,
    cause varchar, n_rows bigint, share_of_target decimal(38,10), measured_as varchar);
create table scorecard(period varchar, person_id varchar, role_id varchar, status varchar, total decimal(18,6),
    grade varchar, coefficient decimal(18,6), state varchar, definition_hash varchar, cause varchar, steps json);
create table scorecard_line(period varchar, person_id varchar, role_id varchar, position integer, dimension varchar,
    dimension_zh varchar, dimension_en varchar, kpi_id varchar, declared_weight decimal(18,6), weight decimal(18,6),
    target decimal(38,10), value decimal(38,10), numerator decimal(38,10), denominator decimal(38,10),
    attainment decimal(38,10), score decimal(18,6), contribution decimal(18,6), status varchar, cause_code varchar,
    cause varchar, method varchar, rule_zh varchar, rule_en varchar, steps json, n_rows bigint,
    share_of_target decimal(38,10), measured_as varchar);
create table reconciliation(period varchar, platform varchar, shop_id varchar, measure varchar,
    platform_total decimal(38,10), credited decimal(38,10), unowned decimal(38,10), excluded decimal(38,10),
    difference decimal(38,10));
create table source_health(connector varchar, stream varchar, shop_id varchar, business_date date, rows bigint,
    proof varchar, finality varchar, loaded_at timestamptz, status varchar, cause_code varchar, cause varchar);
create table source_record(connector varchar, stream varchar, shop_id varchar, record_day date, landing_file varchar,
    records bigint);
create table refused_record(connector varchar, stream varchar, shop_id varchar, table_name varchar, business_date date,
    record_key varchar, column_name varchar, value varchar, cause_code varchar, cause varchar);
create table source_window(connector varchar, stream varchar, shop_id varchar, window_from timestamptz,
    window_to timestamptz, landing_file varchar, landing_sha256 varchar, rows bigint, proof varchar);
create table role_line(role_id varchar, kpi_id varchar, position integer, is_at_end boolean);
create table figure_input(scope varchar, input varchar, digest varchar);
