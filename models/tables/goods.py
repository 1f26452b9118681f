"""Goods: stock, shipments, counts, arrivals, purchases, new products. Not here: what fills them (warehouse/sql/feeds)."""

from models.tables.columns import (
    COMMON,
    MONEY_BASE,
    SKU,
    Column,
    ColumnType,
    Derivation,
    Table,
    count,
    currency,
    day,
    derive,
    flag,
    instant,
    lost_moment,
    moment,
    money,
    text,
)

_SKU_SCOPES = {"shop": "shop_id", "sku_group": "sku_group", "brand": "brand"}

INVENTORY = Table(
    name="inventory",
    grain="one row per SKU, warehouse and day of a snapshot",
    key=("platform", "shop_id", "snapshot_on", "warehouse", "sku_id"),
    dates=("snapshot_on",),
    scopes={**_SKU_SCOPES, "warehouse": "warehouse", "person": "owner_id"},
    columns=(
        *COMMON,
        day("snapshot_on", "日期", "Day of the snapshot, at its end", required=True),
        *SKU,
        text("warehouse", "仓库", "Warehouse"),
        text("owner_id", "负责人", "Employee who plans the stock"),
        count("sellable_qty", "可售件数", "Units that can be sold", "pieces", required=True),
        count("inbound_qty", "在途件数", "Units on their way", "pieces"),
        *currency("on_hand_cost", "snapshot_on"),
        *money("on_hand_cost", "库存金额", "Cost of what is on hand"),
        count("age_days", "库龄天数", "Age of the stock", "days"),
        text("abc_class", "ABC分类", "Class of the SKU", allowed=("A", "B", "C")),
        derive(
            flag(
                "is_listed",
                "在售",
                "The SKU is listed that day: as stated, or else by listed_on and delisted_on of skus.csv",
            ),
            Derivation.MODEL,
            "listed",
            given=True,
        ),
    ),
    zh="每个SKU、仓库每天库存快照一行",
)

SHIPMENT = Table(
    name="shipment",
    grain="one row per parcel",
    key=("platform", "shop_id", "shipment_id"),
    dates=("shipped_on", "promised_ship_on", "delivered_on", "promised_delivery_on", "packed_on"),
    scopes={"shop": "shop_id", "warehouse": "warehouse", "person": "packer_id"},
    columns=(
        *COMMON,
        text("shipment_id", "包裹号", "Parcel", required=True),
        text("order_id", "订单号", "Order"),
        text("warehouse", "仓库", "Warehouse"),
        text("packer_id", "打包员", "Employee who packed it"),
        text("picker_id", "拣货员", "Employee who picked it"),
        *moment("promised_ship_at", "承诺发货时间", "By when it had to leave"),
        *moment("shipped_at", "发货时间", "When it left; NULL = not yet"),
        *moment("promised_delivery_at", "承诺送达时间", "By when it had to arrive"),
        *moment("delivered_at", "送达时间", "When it arrived; NULL = not yet"),
        # not a `moment`, whose day has one source: packed_on falls back on shipped_at
        instant("packed_at", "打包时间", "When it was packed; NULL = not recorded"),
        derive(
            day("packed_on", "打包日期", "Local day of packed_at, or else of shipped_at"),
            Derivation.LOCAL_DAY,
            "packed_at",
            "shipped_at",
        ),
        count("pieces", "件数", "Pieces in it", "pieces"),
        flag("is_cancelled", "已取消", "The order was cancelled before it left"),
        text(
            "error_type",
            "差错类型",
            "What was wrong with it; NULL = nothing",
            allowed=("wrong", "missing", "damage", "late", "other"),
        ),
        *currency("the amounts", "shipped_on", "promised_ship_on"),
        *money("packing_cost", "包装成本", "Packing material"),
        *money("freight", "运费", "Freight"),
    ),
    zh="每个包裹一行",
    # the promise first: a parcel that has not left is on file by the day on which it had to leave
    row_day=("promised_ship_on", "shipped_on", "packed_on"),
)
STOCK_COUNT = Table(
    name="stock_count",
    grain="one row per SKU counted in a stock count",
    key=("platform", "shop_id", "counted_on", "warehouse", "sku_id"),
    dates=("counted_on",),
    scopes={**_SKU_SCOPES, "warehouse": "warehouse", "person": "employee_id"},
    columns=(
        *COMMON,
        day("counted_on", "盘点日期", "Day of the count", required=True),
        text("warehouse", "仓库", "Warehouse"),
        *SKU,
        text("employee_id", "负责人", "Employee answerable for the stock"),
        count("book_qty", "账面件数", "Units in the books", "pieces", required=True),
        count("counted_qty", "实盘件数", "Units found", "pieces", required=True),
    ),
    zh="每次盘点每个SKU一行",
)

GOODS_IN = Table(
    name="goods_in",
    grain="one row per arrival of goods",
    key=("platform", "shop_id", "goods_in_id"),
    dates=("arrived_on", "put_away_on"),
    scopes={"shop": "shop_id", "warehouse": "warehouse", "person": "employee_id"},
    columns=(
        *COMMON,
        text("goods_in_id", "入库单号", "Arrival", required=True),
        text("po_id", "采购单号", "Purchase order"),
        text("warehouse", "仓库", "Warehouse"),
        text("employee_id", "负责人", "Employee who puts it away"),
        count("qty", "件数", "Units", "pieces"),
        *moment("arrived_at", "到货时间", "When it arrived", required=True),
        *moment("put_away_at", "上架时间", "When it was on its shelf; NULL = not yet"),
    ),
    zh="每次到货一行",
)

PURCHASE_ORDER = Table(
    name="purchase_order",
    grain="one row per line of a purchase order",
    key=("platform", "shop_id", "po_line_id"),
    dates=("promised_on", "ordered_on", "received_on", "supplier_approved_on"),
    scopes={**_SKU_SCOPES, "warehouse": "warehouse", "person": "buyer_id"},
    columns=(
        *COMMON,
        text("po_id", "采购单号", "Purchase order", required=True),
        text("po_line_id", "采购单行号", "Line of the purchase order", required=True),
        text("buyer_id", "采购员", "Employee who buys"),
        text("supplier_id", "供应商", "Supplier", required=True),
        day("supplier_approved_on", "供应商准入日期", "Day the supplier was first approved"),
        *SKU,
        text("warehouse", "仓库", "Warehouse it goes to"),
        count("planned_qty", "计划件数", "Units the purchase plan asked for", "pieces"),
        count("qty", "采购件数", "Units ordered", "pieces", required=True),
        *currency("the prices", "ordered_on", "promised_on"),
        *money("unit_price", "采购单价", "Price per unit", required=True),
        *money("baseline_price", "基准单价", "Price per unit it is compared with"),
        *lost_moment(
            "ordered_at", "下单时间", "When it was ordered", not_after=("promised_on", "received_on")
        ),
        *moment("promised_at", "承诺到货时间", "When the supplier promised it"),
        *moment("received_at", "到货时间", "When it arrived complete; NULL = not yet"),
        count("received_qty", "到货件数", "Units received so far", "pieces"),
        count("rejected_qty", "拒收件数", "Units rejected", "pieces"),
        count("payment_terms_days", "账期天数", "Days until the supplier must be paid", "days"),
    ),
    zh="每个采购单行一行",
    # the order first: its day never moves, whereas a promise does
    row_day=("ordered_on", "promised_on", "received_on"),
)


def _base(name: str, zh: str, en: str) -> Column:
    return Column(
        name=name, type=ColumnType.NUMBER, sql_type=MONEY_BASE, description=en, unit="company currency", zh=zh
    )


NEW_SKU = Table(
    name="new_sku",
    grain="one row per new SKU of a shop, with its first new_sku_days (90) days",
    key=("platform", "shop_id", "sku_id"),
    dates=("day_90_on", "listed_on"),
    scopes={**_SKU_SCOPES, "person": "owner_id"},
    columns=(
        *COMMON,
        *SKU,
        text("owner_id", "负责人", "Employee who selected it: owner of the listing, or else of the SKU"),
        day("listed_on", "上架日期", "First day it was listed in the shop"),
        # named after the default: the days are a parameter of company.yaml (new_sku_days)
        day("day_90_on", "满90天日期", "Last of its first new_sku_days days"),
        count("sold_qty", "销售件数", "Units sold in them, less those given back", "pieces"),
        _base("sales_base", "净销售额(本位币)", "Sales of them less refunds; NULL = a rate is missing"),
        _base(
            "cost_base", "成本(本位币)", "Cost of goods and fees of them; NULL = a cost of goods is missing"
        ),
        _base("ad_spend_base", "推广费(本位币)", "Advertising of the SKU in them"),
        _base(
            "contribution_base",
            "贡献利润(本位币)",
            "sales_base - cost_base - ad_spend_base; NULL = one of them is unknown",
        ),
        _base(
            "stock_bought_base",
            "备货金额(本位币)",
            "Units received up to that day x unit price; NULL = no purchase order",
        ),
    ),
    zh="每个店铺的每个新品一行,统计上架后前90天",
    # every table that one of its figures is made of: a figure whose sources are not proven is missing
    derived_from=("order_line", "refund", "ad", "listing", "purchase_order"),
)

TABLES = (INVENTORY, SHIPMENT, STOCK_COUNT, GOODS_IN, PURCHASE_ORDER, NEW_SKU)
