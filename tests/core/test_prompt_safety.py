"""R35, R64: nothing in a document can act as a control token in a prompt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.core.prompt_safety import inert

TOKENS = [
    "<|im_start|>",
    "<|im_end|>",
    "<|begin_of_text|>",
    "<|end_of_text|>",
    "<|start_header_id|>",
    "<|end_header_id|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|python_tag|>",
    "<|reserved_special_token_7|>",
    "<|endoftext|>",
    "<|system|>",
    "<｜begin▁of▁sentence｜>",
    "[INST]",
    "[/INST]",
    "[SYSTEM_PROMPT]",
    "[TOOL_CALLS]",
    "<<SYS>>",
    "<</SYS>>",
    "<s>",
    "</s>",
    "<unk>",
    "<bos>",
    "<start_of_turn>",
    "<end_of_turn>",
    "</think>",
    "<tool_call>",
]

ORDINARY = [
    "",
    "a < b and b > c, x || y",
    "See [INSTALL] and [1] and <sub>2</sub>, <span>x</span>, <section>.",
    "| a | b |\n|---|---|\n",
    "Emoji 👩‍🚀, CJK 日本語, e\u0301, \u2028 stay.",
    "<https://example.org> and `git log | head`",
]


@pytest.mark.parametrize("token", TOKENS)
def test_R35_control_tokens_are_broken_wherever_they_stand(token: str) -> None:
    for text in (token, f"word{token}word", token * 3, f"<{token}>", f"[{token}]", f"<|{token}|>"):
        assert not [other for other in TOKENS if other in inert(text)]


@pytest.mark.parametrize("text", ORDINARY)
def test_R35_ordinary_text_is_untouched(text: str) -> None:
    assert inert(text) == text


def test_R64_lone_surrogates_become_the_replacement_character() -> None:
    assert inert("a\ud83db").encode() == "a\ufffdb".encode()


@given(st.lists(st.sampled_from([*TOKENS, "<", "|", ">", "[", "]", "/", "INST", "SYS", "s", " ", "x"])).map("".join))
def test_R35_no_concatenation_makes_a_token_and_twice_is_once(text: str) -> None:
    once = inert(text)
    assert not [token for token in TOKENS if token in once]
    assert inert(once) == once
