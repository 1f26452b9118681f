-- grain: new keys whose row in the other file stands  key: record_key  reads: shared_row
update staged_action set action = 'unchanged'
where record_key in (select record_key from shared_row where yields)
