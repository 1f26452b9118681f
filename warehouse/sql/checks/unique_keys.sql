-- grain: one row per canonical key that occurs more than once  key: table_name, id  reads: a canonical table (each in turn)
select '${table}' as table_name, concat_ws('/', ${key}) as id, count(*) as n
from ${table}
group by ${key}
having count(*) > 1
