"""The Chinese words for the words a column allows: what a person may write where the headers are Chinese too.

Belongs here: words, each once. Not here: which words a column allows (the tables, and the layouts of company files), labels of
roles and KPIs (kpi_definitions).
"""

from collections.abc import Collection, Mapping

from models.spellings import folded

# A word of one column alone stands as `column.word`; the first Chinese word of each is the one that templates show.
_CHINESE: Mapping[str, tuple[str, ...]] = {
    "ad": ("广告", "推广"),
    "agent": ("客服",),
    "all": ("全部",),
    "anchor": ("主播",),
    "article": ("图文", "文章"),
    "bad": ("差评", "不满意"),
    "bot": ("机器人",),
    "brand": ("品牌",),
    "buyer": ("买家",),
    "campaign": ("推广计划", "计划"),
    "cancel_rate": ("取消率",),
    "carrier": ("快递", "承运商"),
    "close": ("关账", "结账"),
    "co_host": ("副播",),
    "company": ("公司",),
    "complaint": ("投诉",),
    "content": ("内容",),
    "controller": ("中控", "场控"),
    "customer": ("客户", "顾客"),
    "damage": ("破损",),
    "damaged": ("破损",),
    "dept": ("部门",),
    "design": ("设计",),
    "dismissed": ("辞退", "被动离职"),
    "distribution": ("分销",),
    "exchange": ("换货",),
    "external": ("外部数据", "外部"),
    "good": ("好评", "满意"),
    "goods": ("商品",),
    "high": ("高",),
    "image": ("图片",),
    "influencer": ("达人",),
    "infringement": ("侵权",),
    "late": ("延迟", "迟发"),
    "live": ("直播",),
    "live_clip": ("直播切片", "切片"),
    "low": ("低",),
    "main_image": ("主图",),
    "medium": ("中",),
    "missing": ("漏发",),
    "missing_item": ("漏发", "少件"),
    "negotiated": ("协商", "协商确定"),
    "normal": ("普通", "一般"),
    "not_wanted": ("不想要", "七天无理由"),
    "offered": ("已邀评",),
    "ops": ("运营",),
    "organic": ("自然", "免费"),
    "other": ("其他", "其它"),
    "own_history": ("历史数据", "自身历史"),
    "page": ("详情页", "页面"),
    "paid": ("付费",),
    "partnership": ("合作",),
    "peer": ("同级", "同事"),
    "person": ("个人", "人员"),
    "platform": ("平台",),
    "price_breach": ("破价", "价格违规"),
    "private": ("私域",),
    "process": ("流程",),
    "product": ("产品",),
    "proposal": ("提案", "建议"),
    "quality": ("质量问题", "质量"),
    "queue": ("客服队列", "队列"),
    "rater_type.report": ("下级", "下属"),
    "recommend": ("推荐",),
    "refund_only": ("仅退款",),
    "report": ("报告", "报表"),
    "retired": ("退休",),
    "return": ("退货退款", "退货"),
    "role": ("岗位",),
    "room": ("直播间",),
    "safety": ("安全",),
    "search": ("搜索",),
    "self": ("本人", "自评"),
    "seller": ("卖家", "商家"),
    "shipping": ("运费",),
    "shop": ("店铺",),
    "shop_score": ("店铺评分",),
    "shop_star": ("店铺星级",),
    "sku_group": ("商品组",),
    "strategy": ("战略", "公司战略"),
    "superior": ("上级",),
    "system": ("系统",),
    "tech": ("技术",),
    "transfer": ("调动", "调岗"),
    "unoffered": ("未邀评",),
    "urgent": ("紧急",),
    "video": ("视频", "短视频"),
    "voluntary": ("主动离职", "自愿离职"),
    "warehouse": ("仓库",),
    "wrong": ("错发",),
    "wrong_item": ("错发", "发错货"),
}


def chinese_words(column: str, word: str) -> tuple[str, ...]:
    """The Chinese words for a word of a column; none where it has none, as an abbreviation."""
    return _CHINESE.get(f"{column}.{word}", _CHINESE.get(word, ()))


def allowed_word(column: str, text: str, allowed: Collection[str]) -> str:
    """The word of a column's list that a text means, in English or Chinese; the text itself where it means none of them.

    >>> allowed_word("rater_type", "上级", ("superior", "peer")), allowed_word("rater_type", "店长", ("superior",))
    ('superior', '店长')
    """
    if text in allowed:
        return text
    wanted = folded(text)
    meant = [w for w in allowed if wanted in {folded(w), *map(folded, chinese_words(column, w))}]
    return meant[0] if len(meant) == 1 else text


def shown_words(column: str, allowed: Collection[str]) -> str:
    """The words of a list for both readers, as templates and refusals show them.

    >>> shown_words("rater_type", ("superior", "peer"))
    'superior 上级 | peer 同级'
    """
    return " | ".join(" ".join([word, *chinese_words(column, word)[:1]]) for word in allowed)
