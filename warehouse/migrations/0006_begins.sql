-- The first day that a company asks of an account whose own start nobody stated (first_day of company.yaml).
alter table source_account add column begins_on date;
