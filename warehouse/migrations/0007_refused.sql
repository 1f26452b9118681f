-- Records that are kept out of a canonical table because they break the law of a column or cannot be read, with the days whose
-- figures are missing for it. A line with until_seq is past: a later load brought the record anew, or took it away.
create table core_refused (
    stem varchar, table_name varchar, shop_id varchar, record_key varchar, load_seq bigint, days date[], column_name varchar,
    value varchar, cause_code varchar, cause varchar, until_seq bigint
);
