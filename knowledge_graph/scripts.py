"""Fold the traditional and variant characters that stand in datings to simplified ones.

No general conversion: just what names of dynasties, eras and periods are written with.
"""

from typing import Final

_PAIRS: Final = (
    "萬万曆历歷历慶庆豐丰緒绪統统寶宝應应興兴寧宁聖圣龍龙鳳凤齊齐漢汉晉晋陳陈遼辽東东後后吳吴閩闽貞贞"
    "觀观顯显儀仪調调開开證证歲岁長长會会龜龟黃黄禎祯啟启啓启順顺義义樂乐雲云極极總总聰聪華华國国紀纪"
    "時时間间約约葉叶紹绍佑祐昇升趙赵涼凉趨趋蒼苍動动運运廣广載载節节鴻鸿陽阳壽寿爾尔澤泽禮礼啟启禪禅"
    "戰战諸诸隸隶經经權权創创與与關关縣县寬宽靜静貽贻擁拥監监詳详賢贤漸渐麗丽衛卫衞卫憲宪齡龄瑩莹勝胜"
    "馬马臨临應应嘉嘉靈灵綏绥羅罗軍军莊庄愛爱體体對对滿满夾夹舊旧個个紅红舉举淨净車车鹹咸於于"
)
_TABLE: Final = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)))


def simplify(text: str) -> str:
    """Write a dating in simplified characters: 乾隆, 萬曆 and 嘉佑 as 乾隆, 万历, 嘉祐."""
    return text.translate(_TABLE)
