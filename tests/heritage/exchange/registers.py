"""A generated register with the faults that registers have (docs/reference/mappings.md).

Nothing in it is anybody's: names, numbers and sizes are made up from a seed.
"""

import csv
import io
import random
from collections import Counter
from dataclasses import dataclass, field

HEADINGS = (
    "可移动文物编号", "藏品总登记号", "编号类型", "名称", "原名", "级别", "文物类别", "年代",
    "质地", "数量类型", "实际数量", "数量单位", "通长(cm)", "通宽(cm)", "通高(cm)", "具体尺寸",
    "质量范围", "具体质量", "质量单位", "完残程度", "完残状况", "保存状态", "来源",
    "入藏时间范围", "入藏年度", "出土地点", "收集者", "仓库", "橱柜", "层位", "收藏单位名称",
    "备注", "录入员",
)  # fmt: skip
FORMS = (
    ("青花缠枝莲纹瓶", "瓷器", "瓷"), ("青铜鼎", "铜器", "铜"), ("白釉碗", "瓷器", "瓷"),
    ("陶俑", "陶器", "陶"), ("玉璧", "玉石器、宝石", "宝玉石"), ("木雕佛像", "竹木雕", "木"),
)  # fmt: skip
PERIODS = (
    "唐",
    "北宋",
    "元",
    "明",
    "清",
    "西汉",
    "东汉",
    "商",
    "战国时代",
    "清乾隆三年",
)
GRADES = ("一级", "二级", "三级", "一般", "未定级")


@dataclass
class Register:
    rows: list[dict[str, str]]
    faults: Counter[str] = field(default_factory=Counter)

    def csv(self, encoding: str = "gb18030", delimiter: str = ",") -> bytes:
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, HEADINGS, delimiter=delimiter)
        writer.writeheader()
        writer.writerows(self.rows)
        return text.getvalue().encode(encoding)


def make_register(count: int, *, seed: int = 1, faulty: float = 0.3) -> Register:
    """Make rows, of which a share has one fault each; tells how many of each kind."""
    chance = random.Random(seed)  # noqa: S311 - repeats, and guards nothing
    register = Register([_sound(number, chance) for number in range(1, count + 1)])
    for place, row in enumerate(register.rows):
        if chance.random() < faulty:
            kind = chance.choice(sorted(FAULTS))
            if FAULTS[kind](row, register.rows[:place], chance):
                register.faults[kind] += 1
    return register


def _sound(number: int, chance: random.Random) -> dict[str, str]:
    form, category, material = chance.choice(FORMS)
    period = chance.choice(PERIODS)
    sizes = [f"{chance.uniform(2, 80):.1f}" for _ in range(3)]
    values = (
        f"4401{number:018d}", f"粤博{number:06d}", "藏品总登记号", f"{period}{form}", "",
        chance.choice(GRADES), category, period, material, "单件", "1", "件", *sizes, "",
        "0.01-1 kg", f"{chance.uniform(20, 900):.0f}", "g", "完整", "", "状态稳定，不需修复",
        "旧藏", "1949.10.1-1965", str(chance.randint(1950, 1965)), "佛山", "", "一号库",
        f"{number % 40 + 1}柜", f"{number % 6 + 1}层", "省博物馆", "", "甲",
    )  # fmt: skip
    return dict(zip(HEADINGS, values, strict=True))


def _size_in_text(
    row: dict[str, str], before: list[dict[str, str]], chance: random.Random
) -> bool:
    row["具体尺寸"] = f"高{row['通高(cm)']}厘米，口径{row['通宽(cm)']}厘米"
    row["通长(cm)"] = row["通宽(cm)"] = row["通高(cm)"] = ""
    return True


def _unit_missing(
    row: dict[str, str], before: list[dict[str, str]], chance: random.Random
) -> bool:
    row["具体尺寸"] = f"高{row['通高(cm)']}，口径{row['通宽(cm)']}"
    row["通长(cm)"] = row["通宽(cm)"] = row["通高(cm)"] = ""
    return True


def _mass_unit_missing(
    row: dict[str, str], before: list[dict[str, str]], chance: random.Random
) -> bool:
    row["质量单位"] = ""
    return True


def _variant(
    row: dict[str, str], before: list[dict[str, str]], chance: random.Random
) -> bool:
    row["年代"] = chance.choice(("唐代", "明代", "清朝", "宋代"))
    return True


def _unknown_term(
    row: dict[str, str], before: list[dict[str, str]], chance: random.Random
) -> bool:
    row["完残程度"] = "残破"
    return True


def _unreadable_date(
    row: dict[str, str], before: list[dict[str, str]], chance: random.Random
) -> bool:
    row["年代"] = "老早以前"
    return True


def _duplicate(
    row: dict[str, str], before: list[dict[str, str]], chance: random.Random
) -> bool:
    if not before:
        return False
    row["藏品总登记号"] = before[-1]["藏品总登记号"]
    return True


def _formula(
    row: dict[str, str], before: list[dict[str, str]], chance: random.Random
) -> bool:
    row["备注"] = '=HYPERLINK("http://example.org")'
    return True


FAULTS = {
    "size-in-text": _size_in_text, "unit-missing": _unit_missing,
    "mass-unit-missing": _mass_unit_missing, "variant": _variant,
    "unknown-term": _unknown_term, "dating": _unreadable_date,
    "duplicate-number": _duplicate, "formula": _formula,
}  # fmt: skip
