-- grain: one row per shop whose order lines may state who is credited; filled by attribution.py  key: platform, shop_id
create or replace temp table stating_shop (platform varchar, shop_id varchar)
