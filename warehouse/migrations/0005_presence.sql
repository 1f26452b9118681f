-- One meaning of "was here that day": a row of people ends with the earlier of valid_to and leave_date. From now on rows are cut
-- when they come in; a file that is in already does not come in again.
update core_person set valid_to = leave_date
where leave_date < coalesce(valid_to, date '9999-12-31');
-- Whether a target is divided by the days somebody was in the role; empty = yes.
alter table core_target add column pro_rate boolean;
-- Counts of distinct keys, earlier periods and targets of leavers changed their meaning: the next run computes every day again.
update core_state set inputs = '' where name = 'actuals';
