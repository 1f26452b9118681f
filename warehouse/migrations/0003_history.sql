-- What stood before, what came with a load beside its rows, and of which days a window said everything.
create table record_history (
    connector varchar, stream varchar, shop_id varchar, record_key varchar, record_day date, version_at timestamptz,
    row_hash varchar, payload json, load_seq bigint, replaced_by_load_seq bigint
);
create table load_drift (load_id varchar, field varchar, n bigint);
alter table load_window add column gone_rows bigint;
alter table load_window add column late_rows bigint;
alter table load_window add column first_day date;
alter table load_window add column last_day date;
