-- What became known after a lock. `conservation` is recomputed by `kpi restate` and the monthly run; `correction` is made from the
-- ledger at every publication, and the sums of conservation with it.
create table correction (
    period varchar, number integer, version integer, person_id varchar, role_id varchar, kpi_id varchar, measure varchar,
    effect varchar, amount decimal(38, 10), state varchar, counts_as varchar, into_period varchar, proposed_by varchar,
    decided_by varchar, reason varchar
);
create table conservation (
    period varchar, version integer, person_id varchar, role_id varchar, kpi_id varchar, measure varchar,
    locked decimal(38, 10), approved decimal(38, 10), open decimal(38, 10), rejected decimal(38, 10),
    recomputed decimal(38, 10), difference decimal(38, 10)
);
