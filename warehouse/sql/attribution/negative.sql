-- grain: one row per review whose platform does not say whether it is negative  key: platform, shop_id, review_id
-- reads: core_review  parameters: negative_rating
update core_review
set is_negative = rating <= $negative_rating
where is_negative is null
