"""The fields of a relic that a column may become, and the headings they are known by.

A field's kind says how a cell is read (`cells.py`) and how its value is written in a plain
record (`plain.py`). Headings are those of the registration record (docs/reference/register.md)
and what registers call them beside it.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from django.utils.translation import gettext, override

from heritage.catalogue.models import RareBook, Relic, Rubbing, UnderwaterFind
from knowledge_graph.vocabulary import load


@dataclass(frozen=True)
class Field:
    """One target. `vocabulary` is what its terms come from, or what follows the dot."""

    key: str
    kind: str
    vocabulary: str = ""
    headings: tuple[str, ...] = ()
    limit: int = 0  # characters; 0: any number


SCALARS: Final = {
    "text": {
        "name_zh": "名称 藏品名称 文物名称 品名 器名 中文名称 title_zh name_zh",
        "name_en": "英文名称 title name title_en english_title",
        "description_zh": "描述 说明 备注 文物描述 中文描述 形态特征 description_zh",
        "description_en": "英文描述 description description_en notes",
        "register_no": "藏品总登记号 总登记号 登记号 藏品号 文物号 编号 accession_number "
        "accession_no inventory_number object_number",
        "original_name": "原名 原称 original_name",
        "count_unit": "数量单位 计量单位 件套单位 counted_in",
        "part_number": "分号 件号",
        "completeness_note": "完残状况 残损情况 损伤情况 damage",
        "source_note": "来源说明 来源备注 来源单位或个人 provenance",
        "price_currency": "币种 currency",
        "credit": "版权声明 鸣谢 credit credit_line creditline",
        "store_location": "仓库 库房 橱柜 柜号 层位 层号 存放位置 location store",
    },
    "term": {
        "register_type": "编号类型",
        "category": "文物类别 类别 分类 藏品类别 category classification",
        "grade": "级别 文物级别 藏品级别 定级 grade",
        "count_kind": "数量类型 单件或成套",
        "mass_range": "质量范围",
        "completeness": "完残程度 完残 completeness",
        "preservation": "保存状态 保存现状 preservation",
        "source": "来源 来源方式 入藏方式 acquisition_method",
        "acquired_range": "入藏时间范围 入藏时间",
    },
    "integer": {
        "begin_year": "起始年 date_start begin_year earliest_year",
        "end_year": "终止年 date_end end_year latest_year",
        "actual_count": "实际数量 数量 件数 count",
        "traditional_count": "传统数量 件套数",
        "acquired_year": "入藏年度 入藏年份 入藏年 acquisition_year acquisitionyear",
    },
    "decimal": {"price": "价格 购入价 金额 price"},
    "boolean": {"is_measurable": "可测量"},
    "choice": {"rights": "权利声明 版权 rights license licence"},
    "agent": {
        "holder": "收藏单位名称 收藏单位 收藏机构 repository museum",
        "maker": "作者 著作者 制作者 artist maker creator author",
        "acquired_from": "捐赠者 出让人 来源人 acquired_from donor",
        "collector": "收集者 采集者 发掘者 collector",
    },
    "place": {
        "made_at": "制作地 产地 place_of_origin origin",
        "find_place": "出土地点 出水地点 出土(水)地点 发现地点 find_place",
    },
}  # fmt: skip
OTHERS: Final = (
    Field("period_text", "dating", "period", (
        "年代", "具体年代", "时代", "朝代", "制作年代",
        "date", "creation_date", "date_display", "datetext", "dating", "period")),
    Field("period", "term", "period", ("年代(分期)", "规范年代")),
    Field("size_text", "sizes", "dimension", (
        "具体尺寸", "尺寸", "规格", "外形尺寸", "dimensions", "size", "measurements")),
    Field("materials", "terms", "material", (
        "质地", "材质", "质地类别", "材料", "medium", "material", "materials", "medium_display")),
    Field("facets", "terms", "facet", ("专题", "themes")),
    Field("part_of", "relic", "", ("所属套件", "part_of")),
    Field("dimensions", "rows", "dimension"),
    Field("numbers", "rows", "number-type"),
    Field("identifiers", "rows", "identifier-type"),
    Field("other_names", "rows", "name-type"),
    Field("key", "key"),
    Field("edit_version", "saved"),
)  # fmt: skip
DIMENSIONS: Final = {
    "length": "通长 长 长度 length", "width": "通宽 宽 宽度 width",
    "height": "通高 高 高度 height", "mass": "具体质量 质量 重量 重 mass weight",
    "mouth-diameter": "口径", "belly-diameter": "腹径", "base-diameter": "底径 足径",
    "diameter": "直径 diameter", "thickness": "厚 厚度 thickness", "depth": "深 进深 depth",
}  # fmt: skip
IDENTIFIERS: Final = {
    "census": "可移动文物编号 普查登记号 普查编号 文物编码", "collection-number": "藏品编号",
    "original-voucher": "原始凭证号 凭证号", "photograph": "照相号", "rubbing": "拓片号",
    "wikidata": "wikidata",
}  # fmt: skip
NUMBERS: Final = {
    "auxiliary-account": "辅助账号", "call-number": "索书号", "archive-number": "档案编号",
    "fixed-asset": "固定资产登记号", "property": "财产登记号",
    "excavation-register": "出土(水)登记号 出土登记号 出水登记号", "other": "其他编号",
}  # fmt: skip
BOOK: Final = {"author": "著者", "edition": "版本", "volumes": "存卷 卷数"}
ALONE: Final = {"book": RareBook, "rubbing": Rubbing, "underwater": UnderwaterFind}
UNIT_IN_HEADING: Final = re.compile(
    r"[(（\[]\s*(厘米|毫米|米|cm|mm|m|kg|g|千克|公斤|克)\s*[)）\]]", re.IGNORECASE
)


@cache
def fields() -> dict[str, Field]:
    """Give every target by its key."""
    return {field.key: field for field in _fields()}


def _fields() -> Iterator[Field]:
    for kind, keys in SCALARS.items():
        for key, headings in keys.items():
            column = Relic._meta.get_field(key)
            vocabulary = getattr(column, "vocabulary", "")
            limit = getattr(column, "max_length", None) or 0
            yield Field(key, kind, vocabulary, tuple(headings.split()), limit)
    yield from OTHERS
    for concept in load("dimension").concepts:
        known = tuple(DIMENSIONS.get(concept.slug, "").split())
        yield Field(f"dimension.{concept.slug}", "dimension", concept.slug, known)
    for kind, known_by in (
        ("identifier", IDENTIFIERS),
        ("number", NUMBERS),
        ("name", {}),
    ):
        for concept in load(f"{kind}-type").concepts:
            known = tuple(known_by.get(concept.slug, "").split())
            yield Field(f"{kind}.{concept.slug}", kind, concept.slug, known)
    for part, model in ALONE.items():
        for column in model._meta.concrete_fields:
            if column.name not in ("id", "relic"):
                yield _of_part(part, column)


def _of_part(part: str, column: object) -> Field:
    name = getattr(column, "name", "")
    kinds = {
        "CharField": "text",
        "DateField": "date",
        "FloatField": "float",
        "ForeignKey": "place",
    }
    kind = kinds[type(column).__name__]
    known = tuple(BOOK.get(name, "").split()) if part == "book" else ()
    return Field(
        f"{part}.{name}", kind, "", known, getattr(column, "max_length", None) or 0
    )


def label_of(key: str) -> str:
    """Name a field for people, in the reader's language."""
    if key in ("key", "edit_version"):
        return {"key": gettext("key"), "edit_version": gettext("edit version")}[key]
    head, _dot, rest = key.partition(".")
    if head in ALONE:
        model = ALONE[head]
        return f"{model._meta.verbose_name}: {model._meta.get_field(rest).verbose_name}"  # type: ignore[union-attr]
    if rest:
        vocabulary = {"dimension": "dimension"}.get(head, f"{head}-type")
        return _label(vocabulary, rest)
    if key == "numbers":
        return gettext("further register numbers")
    related = {"materials": "material", "facets": "facet", "dimensions": "dimension",
               "identifiers": "identifier-type", "other_names": "name-type"}  # fmt: skip
    if key in related:
        model_of = Relic._meta.get_field(key).related_model
        return str(model_of._meta.verbose_name_plural)  # type: ignore[union-attr]
    return str(Relic._meta.get_field(key).verbose_name)  # type: ignore[union-attr]


def _label(vocabulary: str, slug: str) -> str:
    from heritage.catalogue.fields import concept_label

    return concept_label(vocabulary, slug)


def fold_heading(heading: str) -> str:
    """Write a heading without unit, width, case, spaces and stars."""
    plain = UNIT_IN_HEADING.sub("", unicodedata.normalize("NFKC", heading))
    return re.sub(r"[\s_*:：/（）()]+", "", plain).casefold()


@cache
def by_heading() -> dict[str, str]:
    """Give the field that each known heading means: keys, our labels, and synonyms."""
    found: dict[str, str] = {}
    for key, field in fields().items():
        names = [key, *field.headings]
        for language in ("zh-hans", "en"):
            with override(language):
                names.append(label_of(key))
        for name in names:
            found.setdefault(fold_heading(name), key)
    return found
