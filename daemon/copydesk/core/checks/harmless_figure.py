"""Figures that need no source: settings, plans, sums that are shown, properties of things, and one's own doings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.core.checks.rules import pattern
from copydesk.core.vocabulary import one_of

if TYPE_CHECKING:
    import re

_NO_SHARE = r"\b(?:100|0) ?(?:%|per ?cent)"
_SET_AFTER = one_of(
    """
    of the (?:width|height|screen|page|viewport|container|way|time), width, height, opacity, zoom, discount, off, tax,
    vat, confidence, alcohol, solution, charge[ds]?, battery, gr[ae]y, black, transparen\\w+, threshold, limit, milk,
    cotton, wool, silk, linen, polyester, interest, fat, sugar, salt, protein, cocoa, acid, oxygen, nitrogen, humidity,
    brightness, volume, full, empty, complete, done, finished,
    (?:\\w+ )?by (?:mass|weight|volume), commission, royalt(?:y|ies), gradient, slope
    """
)
_SET_BEFORE = one_of(
    """
    set(?:s|ting)? (?:\\w+ )*?(?:to|at|as), default(?:s|ed|ing)? (?:of|to|is), must, should, shall, needs? to,
    ha(?:s|ve) to, requires?, required, aim(?:s|ed|ing)? (?:for|at), goals?, targets?, thresholds?, limit(?:s|ed)?,
    quotas?, capp?(?:s|ed)?, maximum, minimum, suppose, imagine, assum(?:e|es|ing), let['’]s say, if, whether, unless,
    plan(?:s|ned)? to, hopes? to, want(?:s|ed)? to, would like, pays?, paid, charges?, fee, price, deposit, version,
    budget
    """
)
_IMPERATIVE = one_of(
    """
    set, use, add, leave, choose, keep, make, ensure, allow, reserve, scale, increase, reduce, decrease, lower, raise,
    multiply, pick, run, give, let, mix, pour, heat, cut, wait, allocate, download, install, type, enter, select,
    click, open, press, divide, round, start, stop, write, read, spend, limit, aim, try, put, place, turn, drag,
    resize, crop, adjust, configure, change, budget, plan, expect, see, go, buy, pay, save, take, imagine, suppose,
    assume, consider, remember, route, migrate, switch, roll out, enable, ship
    """
)
_RATES = one_of(
    """
    vat, tax(?:es)?, sales tax, duty, levy, tariff, interest(?: rate)?, mortgage, commission, surcharge, tip, humidity,
    slope, gradient, battery, brightness, volume, progress bar, disk, tank, download,
    upload, import
    """
)
_OWN_CONDUCT = one_of(
    """
    spends?, pays?, sells?, employs?, rents?, earns?, receives?, gets?, takes?, ha(?:s|ve), loses?, works?, prints?,
    ships?, writes?, publish(?:es)?, owns?, buys?, orders?, wastes?, bakes?, donates?
    """
)
_OTHERS = one_of("users, customers, clients, readers, visitors, subscribers, competitors")
_LATELY = one_of(
    """
    yesterday, (?:last|this) (?:night|morning|afternoon|evening|week|weekend), tonight, an hour ago,
    on (?:mon|tues|wednes|thurs|fri|satur|sun)day
    """
)
_COMPARISON = r"\b(?:more|less|fewer|faster|better|cheaper|higher|lower)\b"

_SETTING_AFTER = rf" ?{_SET_AFTER}\b"
_SETTING_BEFORE = rf"\b{_SET_BEFORE}\b[^.;:]*$"
_INSTRUCTION = rf"^\W*(?:(?:then|next|first|finally|please|now|also)\W+)?{_IMPERATIVE}\b(?! of\b)"
_TRANSITIVE = (
    r"^\W*(?:(?:then|next|first|finally|please|now|also)\W+)?"
    r"(?:move|send|direct|shift|release|sample|store|drop|trim|fill|test|offer|grant|split|show) "
    r"(?:\d|the\b|an?\b|your\b|half\b|about\b|all\b|it\b)"
)
_PART_OF_KNOWN = r"\b(?:each|one|some|all|most|any|none) of (?:the|these|those|our) $"
_ROLLOUT = (
    r"\bthen (?:to |for )?(?:\d|all\b|every|half\b|the (?:rest|others)\b)|\broll(?:s|ed|ing)?(?: \w+)? out\b"
    r"|\broll-?outs?\b|\bcanar(?:y|ies)\b|\bin the (?:first|second|third|last|next) (?:wave|stage|phase|step)\b"
)
_OF_ITS_KIND = rf"\b{_RATES} of $"
_CONFIGURED = (
    r"\b(?:defaults?|time-?outs?|limits?|thresholds?|quotas?|buffers?|retries|intervals?|delays?|margins?|padding|"
    r"font size|page size|batch size)\b[^.;:]*$"
)
_BY_LAW = r"\b(?:under|by|per) (?:article|section|rule|clause|regulation|paragraph|§) ?\d"
_ARITHMETIC = (
    r"\d ?% of [$€£]?\d[\d.,]{0,20} (?:is|makes|equals) "
    r"|[×*·÷/+x−-] ?[$€£]?\d[\w.,%]{0,20}(?: [\w%]{1,20}){0,2} ?[=≈] ?[$€£]?\d"
)
_RATE_BEFORE = (
    rf"\b{_RATES} (?:\w+ )?(?:is|are|was|were)(?: (?:now|only|just|still))?"
    r"(?: (?:added|charged|levied|paid|due|set|fixed))?(?: at)? $"
)
_READING_BEFORE = r"\b(?:my|our|your|his|her) (?:[\w-]+ ){1,2}?(?:is|was)(?: (?:now|only|just|still))? at $"
_OWN_DOINGS = (
    rf"^\W*(?:(?:we|i)|(?:our|my) (?!(?:[\w-]+ )?{_OTHERS}\b)(?:[\w-]+ ){{1,2}}?)(?: \w+ly)?\b ?{_OWN_CONDUCT}\b"
)
_SEEN_LATELY = rf"\b{_LATELY}\b"


def needs_no_source(figure: re.Match[str], prose: str) -> bool:
    """Tell whether a figure in a sentence's prose is one that no reader would want to look up."""
    before = prose[: figure.start()]
    return (
        pattern(_NO_SHARE).search(figure.group()) is not None
        or pattern(_SETTING_AFTER).match(prose, figure.end()) is not None
        or any(
            pattern(each).search(before)
            for each in (_SETTING_BEFORE, _RATE_BEFORE, _OF_ITS_KIND, _CONFIGURED, _READING_BEFORE, _PART_OF_KNOWN)
        )
        or any(
            pattern(each).search(prose)
            for each in (_INSTRUCTION, _TRANSITIVE, _ROLLOUT, _ARITHMETIC, _BY_LAW, _SEEN_LATELY)
        )
        or (pattern(_OWN_DOINGS).search(prose) is not None and not pattern(_COMPARISON).search(prose))
    )
