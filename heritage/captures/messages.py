"""Say in the reader's language what the engine found: by code, with its facts.

The engine speaks English and sends along a code and facts with every refusal. Here the
code chooses a sentence of the same meaning, and the facts fill it. A test holds this
list against all codes that `scans` can send.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from .file_sentences import FILE_SENTENCES
from .image_sentences import IMAGE_SENTENCES
from .models import Run
from .run_sentences import RUN_SENTENCES
from .words import REASONS, STAGES, THINGS

Facts = Mapping[str, Any]
SENTENCE_END = re.compile(r"(?<=\.)\s+|(?<=。)")
NUMBER = re.compile(r"\d+(?:\.\d+)?")

SENTENCES = IMAGE_SENTENCES | FILE_SENTENCES | RUN_SENTENCES


def sentence(code: str, facts: Facts, *, message: str = "") -> str:
    """Give the sentence of a code; of an unknown one, what the engine said itself."""
    template = SENTENCES.get(code)
    if template is None:
        return message or _("The scan engine reports “%(code)s”.") % {"code": code}
    try:
        return str(template).format(
            **{name: _word(fact) for name, fact in facts.items()}
        )
    except (KeyError, IndexError):
        return message or str(template)


def run_error_sentence(run: Run) -> str:
    """Tell why the run failed; empty if it did not."""
    if not run.error_code:
        return ""
    return sentence(run.error_code, _named_stage(run.error_facts))


def finding_sentence(finding: Mapping[str, Any]) -> str:
    """Tell one finding of a file or one warning of a report."""
    facts = finding.get("facts", {})
    return sentence(finding["code"], facts, message=finding.get("message", ""))


def reason_and_cure(finding: Mapping[str, Any]) -> tuple[str, str]:
    """Tell one finding in two parts: what is so, and what to do about it.

    Each sentence above begins with the one and goes on with the other, if anything can be
    done. It is cut before the facts are put in: these hold dots of their own.
    """
    template = SENTENCES.get(finding["code"])
    if template is None:
        return finding_sentence(finding), ""
    reason, *cure = SENTENCE_END.split(str(template), maxsplit=1)
    facts = {name: _word(fact) for name, fact in finding.get("facts", {}).items()}
    parts = (reason, *cure, "")[:2]
    try:
        told = [part.strip().format(**facts) for part in parts]
    except (KeyError, IndexError):
        return finding_sentence(finding), ""
    return told[0], told[1]


def stage_label(name: str) -> str:
    """Name a stage of the engine."""
    label = STAGES.get(name)
    return str(label) if label else name


def _named_stage(facts: Facts) -> dict[str, Any]:
    named = dict(facts)
    if "stage" in named:
        named["stage"] = stage_label(str(named["stage"])) or _("start")
    return named


def _word(fact: Any) -> Any:
    """Translate what the engine says in words: a known reason, with its numbers."""
    if not isinstance(fact, str):
        return fact
    if fact in THINGS:
        return str(THINGS[fact])
    numbers = NUMBER.findall(fact)
    places = iter(range(len(numbers)))
    pattern = NUMBER.sub(lambda _match: f"{{{next(places)}}}", fact)
    reason = REASONS.get(pattern)
    return str(reason).format(*numbers) if reason else fact
