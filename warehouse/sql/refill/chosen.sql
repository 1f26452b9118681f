semi join changed_record as c on c.platform = a.platform and c.shop_id = r.shop_id and c.record_key = r.record_key
