-- grain: true for a line with a record of one stream behind it  reads: reconciled_line (as l), a raw table, source_account
exists (
    select 1
    from ${raw} as r
    inner join source_account as a on concat(a.connector, '_', a.stream) = ${stem} and a.shop_id = r.shop_id
    where a.platform = l.platform and r.shop_id = l.shop_id and r.record_key = l.${record}
)
