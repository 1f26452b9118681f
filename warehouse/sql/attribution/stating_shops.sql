-- grain: one row per shop of a feed that states who is credited  key: platform, shop_id  reads: source_account
insert into stating_shop
select platform, shop_id
from source_account
where concat(connector, '_', stream) = ?
except
select platform, shop_id
from stating_shop
