"""Text made safe to stand inside a prompt."""

from __future__ import annotations

import re
import unicodedata

# Llama 3, ChatML, Phi and kin write control tokens as <|name|> (DeepSeek with full-width bars), Llama 2 and Mistral as
# bracketed words, Gemma and the sentencepiece family as short tags. A tokenizer maps exactly these spellings.
_CONTROL = re.compile(
    r"""
    <     (?= [|｜] )
  | [|｜] (?= > )
  | \[   (?= /? (?:INST|SYSTEM_PROMPT|TOOL_CALLS|AVAILABLE_TOOLS|TOOL_RESULTS|PREFIX|SUFFIX|MIDDLE|gMASK) \b )
  | <     (?= < /? SYS >> )
  | <     (?= /? (?:s|unk|pad|bos|eos|mask|sop|eop|start_of_turn|end_of_turn|start_of_image|end_of_image) > )
  | <     (?= /? (?:think|tool_call|tool_response) > )
    """,
    re.VERBOSE,
)
_BEFORE_MARK = re.compile(r"(?<=[^\W_]) (?=[.,;:!?)\]}’”»](?:\s|$|[.,;:!?)\]}’”»]))|(?<=[(\[{“«]) (?=\w)")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def inert(text: str) -> str:
    """Return text whose chat control tokens are broken by a space and whose lone surrogates are replaced.

    Models read `<|im_end|>` as the end of a turn wherever it stands, so that a document could speak as the system.
    """
    return _LONE_SURROGATE.sub("\ufffd", _CONTROL.sub(lambda match: match.group() + " ", text))


def legible(text: str) -> str:
    """Return the text of a source without what its readers cannot see: control and format characters, tags, marks.

    Hidden characters can spell out words to a model. Joiners go too, which costs an emoji its shape and no sense.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(character for character in text if not _hidden(character))


def closed_up(plain: str) -> str:
    """Return words without the spaces that blanked markup left before punctuation marks and inside brackets."""
    return _BEFORE_MARK.sub("", plain)


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Cn") or "\ufe00" <= character <= "\ufe0f"
