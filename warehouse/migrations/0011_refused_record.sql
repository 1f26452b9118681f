-- The records that are kept out of a canonical table as readers of the published file see them: one row per record and day whose
-- figures are missing for it. Refilled from core_refused with every publication.
create table refused_record (
    connector varchar, stream varchar, shop_id varchar, table_name varchar, business_date date, record_key varchar,
    column_name varchar, value varchar, cause_code varchar, cause varchar
);
