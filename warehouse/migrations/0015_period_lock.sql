-- Which periods are locked, for readers: made from the ledger at every publication.
create table period_lock (
    period varchar, version integer, locked_on date, locked_by varchar, manifest_hash varchar, entry bigint,
    entry_hash varchar
);
