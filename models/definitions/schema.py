"""The JSON schema of definition files, so that editors complete and check them while they are written.

Belongs here: what each key looks like. Which keys there are stands with the readers (kpis, aggregates, roles, grades,
pay_plans): a key without a shape here, or a shape without a key there, is an error. Not here: checks that need arithmetic
or another definition; `kpi lint` has them.
"""

from collections.abc import Iterable, Mapping

from models.definitions import (
    accepted_findings,
    aggregates,
    grades,
    kpis,
    pay_plans,
    rated_items,
    red_lines,
    roles,
)
from models.definitions.load import LISTS
from models.definitions.ranges import MAX_WINDOW
from models.definitions.reading import ID_FORM
from models.pay import METHODS as PAY_METHODS
from models.scoring import peer_mean
from models.scoring.method import AMONG
from models.scoring.registry import LINE_RULES
from models.scoring.weights import POLICIES
from models.tables import FACTS
from models.units import UNITS

Json = dict[str, object]
DIALECT = "http://json-schema.org/draft-07/schema#"  # what YAML editors understand
TITLE = "meritline: KPIs, roles, grade tables, pay plans / 指标、岗位、等级、薪酬方案"
_DEFINITION = {"kpis": "kpi", "roles": "role", "grade_tables": "grade_table", "pay_plans": "pay_plan"}
# as `models.values.read_decimal` reads it: neither an exponent nor a thousands separator
_PLAIN_NUMBER = r"^[+-]?[0-9]+(\.[0-9]+)?$"

TEXT: Json = {"type": "string", "minLength": 1}
# an editor takes an unquoted 5 or true for a number or a boolean; the loader keeps every value as text
WORD: Json = {"type": ["string", "number", "boolean"]}
ID: Json = {"type": "string", "pattern": f"^{ID_FORM}$"}
IDS: Json = {"type": "array", "items": ID}
# the form alone: whether the day exists is for the loader
DAY: Json = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
NUMBER: Json = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _PLAIN_NUMBER}]}
COLUMNS: Json = {
    "anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1, "maxItems": aggregates.MAX_KEYS}]
}
FREE: Json = {"type": "object"}


def _ref(name: str) -> Json:
    return {"$ref": f"#/definitions/{name}"}


def _list(name: str, least: int = 1) -> Json:
    return {"type": "array", "items": _ref(name), "minItems": least}


def _one_of(choices: Iterable[object]) -> Json:
    return {"enum": list(choices)}


def _said(shape: Json, zh: str, en: str) -> Json:
    """The shape with what an editor shows beside the key."""
    # draft 7 ignores whatever stands beside $ref (JSON Schema draft 7, section 8.3), hence allOf around it
    return {"description": f"{zh} / {en}", **({"allOf": [shape]} if "$ref" in shape else shape)}


_ITEM = {"anyOf": [_ref("kpi_item"), _ref("aggregate")]}
_ITEMS: Json = {"type": "array", "items": _ITEM, "minItems": 1}
_COMMON: dict[str, Json] = {
    "id": _said(ID, "稳定的名字：小写字母、数字、下划线", "stable name: lower case, digits, _"),
    "effective_from": _said(DAY, "从哪一天起有效", "first day in force"),
    "label": _said(_ref("label"), "给人看的名称", "the name people read"),
    accepted_findings.KEY: _said(
        _list("accepted", 0), "接受的检查发现及理由", "findings of the linter that are accepted, and why"
    ),
}
_RANGE: dict[str, Json] = {
    "sign": _said(_one_of(("plus", "minus")), "加或减", "added or taken off"),
    "period": _said(
        _one_of(("current", "previous", "last_year")),
        "本期、上期、去年同期",
        "this period, the one before, a year ago",
    ),
    "window": {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MAX_WINDOW}, {"const": "all"}]},
    "at": _said(_one_of(("start", "end")), "期初或期末快照", "the state on the first or last day"),
}

SHAPES: Mapping[str, Mapping[str, Json]] = {
    "kpi": {
        **_COMMON,
        "formula": _said(_ref("label"), "给人看的公式", "the formula people read"),
        "kind": _said(_one_of(kpis.KINDS), "结果、过程、行为", "result, process, behaviour"),
        "unit": _said(_one_of(UNITS), "单位；0.08 是 8 %", "unit; 0.08 is 8 %"),
        "direction": _said(_one_of(("higher", "lower")), "越高越好或越低越好", "which is better"),
        "decimals": {"type": "integer", "minimum": 0, "maximum": 10},
        "numerator": _said(_ITEMS, "相加的各项", "what is added"),
        "denominator": {"anyOf": [_ITEMS, _ref("target_of")]},
        "rating": _ref("rating"),
        "from_reports": _ref("from_reports"),
        "scale": NUMBER,
        "min_n": _said(NUMBER, "分母小于它就缺失", "a smaller denominator is missing"),
        "floor": NUMBER,
        "cap": NUMBER,
        "bounds": _said(
            {"anyOf": [{"const": "none"}, _ref("bounds")]},
            "比率可能的范围；超出即缺失",
            "what the rate can be; outside it is missing",
        ),
        "or_else": _said(
            {"type": "array", "items": ID, "minItems": 1, "uniqueItems": True},
            "本指标没有数据来源时，依次改用的指标",
            "KPIs that take its place, in order, where no source feeds it",
        ),
    },
    "bounds": {"lower": NUMBER, "upper": NUMBER},
    "kpi_item": {"kpi": ID, **_RANGE},
    "aggregate": {
        "fact": _said(_one_of(FACTS), "哪张表", "which table"),
        "date": TEXT,
        "where": _said(WORD, "条件", "condition"),
        "percent": NUMBER,
        "having": _ref("having"),
        **dict.fromkeys(("sum", "median", "percentile", "min", "max"), WORD),
        "count": {"const": "rows"},
        "count_distinct": COLUMNS,
        "count_groups": COLUMNS,
        **_RANGE,
    },
    "having": {
        "active_in": {"const": "previous"},
        "at_least": NUMBER,
        "above": NUMBER,
        "sum": WORD,
        "count": {"const": "rows"},
        "count_distinct": COLUMNS,
    },
    "target_of": {"target": ID},
    "rating": {
        "item": ID,
        "about": _said(_ref("label"), "评分项的含义", "what the item means"),
        "scale_max": {"type": "integer", "minimum": 1, "maximum": rated_items.MOST},
        "levels": _said(
            _list("level", 2), "各等级的含义，从低到高", "what each score means, the lowest first"
        ),
    },
    "level": {"score": {"type": "integer", "minimum": 0}, "zh": TEXT, "en": TEXT},
    "from_reports": {"total_at_least": NUMBER, "grade_in": {"type": "array", "items": WORD, "minItems": 1}},
    "label": {"zh": TEXT, "en": TEXT},
    "accepted": {"code": {"type": "string", "pattern": "^L[0-9]{3}$"}, "why": _ref("label")},
    "role": {
        **_COMMON,
        "duties": _said(_list("duty"), "岗位职责", "core duties"),
        "cycle": _said(_one_of(roles.CYCLES), "月、季、半年、年", "month, quarter, half-year, year"),
        "missing": _said(_one_of(POLICIES), "数据缺失时", "what happens to missing data"),
        "redistribute_to": IDS,
        "grade_table": ID,
        "dimensions": _said(_list("dimension"), "维度，权重合计 100", "dimensions; their weights sum to 100"),
        "total_cap": NUMBER,
        "total_floor": NUMBER,
        "manager_limit": _said(NUMBER, "上级最多可调的分数", "points the manager may move"),
        "next_roles": _said(IDS, "晋升方向", "promotion path"),
        "requirements": {"type": "array", "items": _ref("label")},
        red_lines.KEY: _said(_list("red_line", 0), "红线", "red lines"),
    },
    "duty": {"id": ID, "zh": TEXT, "en": TEXT},
    "dimension": {"id": ID, "label": _ref("label"), "weight": NUMBER, "kpis": _list("line")},
    "line": {
        "kpi": ID,
        "weight": _said(NUMBER, "在维度内的权重，合计 100", "weight in the dimension, summing to 100"),
        "method": _said(_one_of(LINE_RULES), "计分方法", "how it is scored"),
        "duty": ID,
        "target": {
            "anyOf": [NUMBER, {"const": "plan"}, _ref("target_rule")],
            "description": "目标；plan 取自 targets.csv，peer_mean 为同岗均值 / target; plan: in targets.csv; or the peers' mean",
        },
        "full": NUMBER,
        "x": _one_of(roles.LOOKED_UP),
        "args": FREE,
        "no_data": _one_of(roles.NO_DATA),
    },
    "target_rule": {peer_mean.KEY: _ref("peer_mean")},
    "peer_mean": {
        "min_group": {"type": "integer", "minimum": 0},
        "fallback": NUMBER,
        "exclude_self": {"type": "boolean"},
        "among": _one_of(AMONG),
    },
    "red_line": {"kpi": ID, "worse_than": NUMBER, "effect": _one_of(red_lines.EFFECTS), "value": NUMBER},
    "grade_table": {
        **_COMMON,
        "bands": _list("band"),
        grades.QUOTAS: _said(
            _list("quota"), "各等级人数占比，供校准对照", "share of people by grade, shown in a calibration"
        ),
    },
    "quota": {"grade": WORD, "share": NUMBER},
    "band": {"min": NUMBER, "max": NUMBER, "grade": WORD, "coefficient": NUMBER},
    "pay_plan": {
        **_COMMON,
        "roles": {**IDS, "minItems": 1},
        "mode": _said(_one_of(pay_plans.MODES), "提成、节费提成、绩效、混合", "which kind of variable pay"),
        "lines": _list("pay_line"),
        "example": {"type": "boolean"},
        "note": _ref("label"),
    },
    "pay_line": {
        "id": ID,
        "label": _ref("label"),
        "method": _said(_one_of(PAY_METHODS), "薪酬方法", "how it is paid"),
        "from": _said(FREE, "参数取自哪里", "where arguments come from"),
        "args": _said(FREE, "参数的固定值", "arguments as constants"),
        "output": TEXT,
        "paid": {"type": "boolean"},
        "cycle": _one_of(roles.CYCLES),
    },
}
# The keys as their readers have them: (required, optional).
KEYS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "kpi": (kpis.REQUIRED, kpis.OPTIONAL),
    "kpi_item": (aggregates.REF_REQUIRED, aggregates.REF_OPTIONAL),
    "aggregate": (aggregates.AGGREGATE_REQUIRED, aggregates.AGGREGATE_OPTIONAL),
    "having": ((), aggregates.HAVING_KEYS),
    "target_of": (kpis.TARGET_KEYS, ()),
    "rating": (rated_items.RATING_KEYS, rated_items.RATING_OPTIONS),
    "level": (rated_items.LEVEL_KEYS, ()),
    "from_reports": ((), kpis.REPORT_KEYS),
    "bounds": ((), kpis.BOUND_KEYS),
    "label": (("zh", "en"), ()),
    "accepted": (accepted_findings.ENTRY_KEYS, ()),
    "role": (roles.REQUIRED, roles.OPTIONAL),
    "duty": (roles.DUTY_KEYS, ()),
    "dimension": (roles.DIMENSION_KEYS, ()),
    "line": (roles.LINE_REQUIRED, roles.LINE_OPTIONAL),
    "target_rule": ((peer_mean.KEY,), ()),
    "peer_mean": ((), peer_mean.LINE_ARGUMENTS),
    "red_line": (red_lines.ENTRY_KEYS[:3], red_lines.ENTRY_KEYS[3:]),
    "grade_table": (grades.KEYS, (accepted_findings.KEY, grades.QUOTAS)),
    "quota": (grades.QUOTA_KEYS, ()),
    "band": (grades.BAND_KEYS, grades.BAND_EDGES),
    "pay_plan": (pay_plans.REQUIRED, pay_plans.OPTIONAL),
    "pay_line": (pay_plans.LINE_REQUIRED, pay_plans.LINE_OPTIONAL),
}


def definition_schema() -> Json:
    """The schema of one definition file."""
    return {
        "$schema": DIALECT,
        "title": TITLE,
        "type": "object",
        "additionalProperties": False,
        "properties": {name: {"type": "array", "items": _ref(_DEFINITION[name])} for name in LISTS},
        # the name that draft 7 has; $defs came with the next draft
        "definitions": {name: _object(name) for name in KEYS},
    }


def _object(name: str) -> Json:
    required, optional = KEYS[name]
    found: Json = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: SHAPES[name][key] for key in (*required, *optional)},
    }
    if required:
        found["required"] = list(required)
    return found | _together(name)


def _together(name: str) -> Json:
    """Which keys go together."""
    match name:
        case "pay_line":
            return {"allOf": [_pay_arguments(method) for method in PAY_METHODS]}
        case "kpi":
            # exactly one, as the loader asks (D206)
            return {"oneOf": [{"required": [key]} for key in kpis.MEASURES]}
        case "aggregate":
            return {"oneOf": [{"required": [key]} for key in aggregates.AGGS], "allOf": _dates()}
        case "from_reports":
            return {"oneOf": [{"required": [key]} for key in kpis.REPORT_KEYS]}
        case "line":
            return {"allOf": [_arguments(method) for method in LINE_RULES]}
        case _:
            return {}


def _dates() -> list[Json]:
    """Each table by its own dates."""
    return [_when("fact", name, {"date": _one_of(table.dates)}) for name, table in FACTS.items()]


def _arguments(method: str) -> Json:
    """Each method by its own arguments."""
    known: Json = {name: {} for name in LINE_RULES[method].LINE_ARGUMENTS}
    return _when("method", method, {"args": {"properties": known, "additionalProperties": False}})


def _pay_arguments(method: str) -> Json:
    """Each pay method by its own arguments, whether they are constants or figures."""
    known: Json = {name: {} for name in PAY_METHODS[method].ARGUMENTS}
    own: Json = {"properties": known, "additionalProperties": False}
    return _when("method", method, {"args": own, "from": own})


def _when(key: str, value: str, then: Json) -> Json:
    # `required` in the condition: without it, an absent key would fulfil it too
    return {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": {"properties": then}}
