"""A relic is found by the words that visitors use for it."""

import pytest

from heritage.catalogue.actions import release
from heritage.catalogue.models import Collection, Relic
from tests.heritage.factories import make_person, make_place, make_relic, make_user

from .desk import found, keep_up

pytestmark = pytest.mark.django_db
RELICS = {"kind": ["kind:relic"]}
WORDS = [
    "青花瓶",
    "青花梅瓶",
    "瓶",
    "缠枝莲",
    "纏枝蓮紋",  # traditional
    "梅缾",  # a variant of the character
    "blue and white vase",
    "Blue-and-White VASES",
    "meiping",
    "plum vase",
    "qinghua",
    "qing hua",
    "qinghuameiping",
    "chanzhilian",
    "qhczl",  # first letters
    "lotuss",  # one letter too many
    "porcelian",  # two changed over
    "cafe",
    "１９６３.２４",
    "1963.24",
    "明",
    "明代瓷器",
    "ming dynasty vase",
    "1410",
    "15世纪",
    "15th century",
    "永乐",
    "浮梁",  # made there
    "fuliang",
    "唐英",  # made by
    "tang ying vase",
    "瓷器",
]
OTHER_WORDS = ["唐代", "camel", "汉", "鼎", "1200", "zzzz", "。"]


@pytest.fixture
def vase(collection: Collection) -> Relic:
    """A blue-and-white vase, described as a register would."""
    return make_relic(
        collection,
        name_zh="青花缠枝莲纹梅瓶",
        name_en="Meiping with Lotus Scrolls",
        description_zh="景德鎮窯，釉下藍色裝飾。",
        description_en="Porcelain with underglaze-blue decoration, Café Collection",
        category="porcelain",
        period_text="明永乐",
        register_no="1963.24",
        state=Relic.State.RELEASED,
        maker=make_person(collection, name_zh="唐英", name_en="Tang Ying",
                          state=Relic.State.RELEASED),
        made_at=make_place(collection, name_zh="浮梁", name_en="Fuliang",
                           state=Relic.State.RELEASED),
    )  # fmt: skip


@pytest.fixture
def others(collection: Collection) -> list[Relic]:
    names = [
        ("青铜鼎", "Bronze tripod", "商", "bronze"),
        ("三彩骆驼", "Three-color camel", "唐", "pottery"),
        ("白瓷碗", "White porcelain bowl", "宋", "porcelain"),
    ]
    return [
        make_relic(collection, name_zh=zh, name_en=en, period_text=when, category=kind,
                   state=Relic.State.RELEASED)
        for zh, en, when, kind in names
    ]  # fmt: skip


def test_the_vase_is_found_by_each_of_these(vase: Relic, others: list[Relic]) -> None:
    keep_up()
    missed = [word for word in WORDS if vase.key not in found(word, facets=RELICS)]
    assert missed == []


def test_the_vase_is_not_found_by_what_it_is_not(
    vase: Relic, others: list[Relic]
) -> None:
    keep_up()
    wrong = [word for word in OTHER_WORDS if vase.key in found(word, facets=RELICS)]
    assert wrong == []


def test_a_part_of_the_words_is_better_than_nothing(
    vase: Relic, others: list[Relic]
) -> None:
    keep_up()
    assert vase.key in found("青花 长颈鹿 梅瓶")


def test_a_released_record_is_found_at_once(collection: Collection) -> None:
    relic = make_relic(collection, name_zh="错金银犀尊", description_zh="犀。")
    keep_up()
    assert found("犀尊") == []
    release(relic, by=make_user(collection, "curator"))
    keep_up()
    assert found("犀尊") == [relic.key]
