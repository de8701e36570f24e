"""Addresses, scores and estimates, as tables."""

from __future__ import annotations

from math import exp

import pytest

from copydesk.adapters.engines.budget import TokenEstimate
from copydesk.adapters.engines.hosts import base_url, locality
from copydesk.adapters.engines.scoring import option_logprobs
from copydesk.errors import SettingsError
from copydesk.ports import Locality, Message, Prompt

LOCAL, REMOTE = Locality.LOCAL, Locality.REMOTE

HOSTS = [
    ("", "http://127.0.0.1:11434", LOCAL),
    ("127.0.0.1", "http://127.0.0.1:11434", LOCAL),
    ("0.0.0.0", "http://127.0.0.1:11434", LOCAL),
    ("0.0.0.0:8080", "http://127.0.0.1:8080", LOCAL),
    (":5678", "http://127.0.0.1:5678", LOCAL),
    ("localhost", "http://localhost:11434", LOCAL),
    ("LOCALHOST:80", "http://localhost:80", LOCAL),
    ("127.8.8.8:1", "http://127.8.8.8:1", LOCAL),
    ("::1", "http://[::1]:11434", LOCAL),
    ("[::1]:99", "http://[::1]:99", LOCAL),
    ("[::]:99", "http://[::1]:99", LOCAL),
    ("[::ffff:127.0.0.1]:99", "http://[::ffff:127.0.0.1]:99", LOCAL),
    ("http://localhost", "http://localhost:80", LOCAL),
    ("http://localhost:11434/", "http://localhost:11434", LOCAL),
    ("http://localhost:11434/below/", "http://localhost:11434/below", LOCAL),
    ("  http://localhost:11434  ", "http://localhost:11434", LOCAL),
    ("https://example.org", "https://example.org:443", REMOTE),
    ("example.org:56789", "http://example.org:56789", REMOTE),
    ("192.168.0.2", "http://192.168.0.2:11434", REMOTE),
    ("localhost.example.org", "http://localhost.example.org:11434", REMOTE),
    ("2130706433", "http://2130706433:11434", REMOTE),
    ("[::ffff:8.8.8.8]:99", "http://[::ffff:8.8.8.8]:99", REMOTE),
]


@pytest.mark.parametrize(("host", "url", "where"), HOSTS)
def test_R24_a_host_has_one_spelling_and_a_place(host, url, where):
    assert base_url(host) == url
    assert base_url(url) == url
    assert locality(url) is where


@pytest.mark.parametrize(
    "host",
    [
        "http://localhost@evil.example",
        "http://evil.example\\@localhost",
        "ftp://localhost",
        "file:///etc/passwd",
        "localhost:port",
        "localhost:99999",
        "http://local host",
        "http://localhost/?x=1",
        "http://[::1",
        "local\nhost",
        "unix:///run/ollama.sock",
    ],
)
def test_what_is_no_address_says_how_to_write_one(host):
    with pytest.raises(SettingsError) as caught:
        base_url(host)
    assert "127.0.0.1" in caught.value.remedy


YES_NO = ("Yes", "No")
TOPS: list[tuple[list[tuple[str, float]], tuple[str, ...], dict[str, float] | None]] = [
    ([("Yes", -0.5), ("No", -0.5)], YES_NO, {"Yes": 0.5, "No": 0.5}),
    ([(" Yes", -1.0), ("\nYes", -1.0), ("No", -1.0)], YES_NO, {"Yes": 2 / 3, "No": 1 / 3}),
    ([("Y", -1.0), ("N", -1.0)], YES_NO, {"Yes": 0.5, "No": 0.5}),
    ([("su", -0.1), ("support", -1.0), ("susp", -1.0)], ("supports", "suspects"), {"supports": 0.5, "suspects": 0.5}),
    ([("The", -0.1), ("", -0.2), (" ", -0.3)], YES_NO, None),
    ([], YES_NO, None),
    ([("yes", -0.1)], YES_NO, None),
    ([("Yes", -0.01), ("Maybe", -5.0)], YES_NO, {"Yes": 0.9932, "No": 0.0068}),
    ([("Yes", -3.4e38), ("No", -0.1)], YES_NO, {"Yes": 0.0, "No": 1.0}),
]


@pytest.mark.parametrize(("top", "options", "expected"), TOPS)
def test_tokens_stand_for_the_option_they_begin(top, options, expected):
    found = option_logprobs(top, options)
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert {name: exp(value) for name, value in found.items()} == pytest.approx(expected, abs=1e-3)


def prompt(text: str) -> Prompt:
    return Prompt("m", (Message("user", text),))


def test_an_estimate_is_high_at_first_and_learns():
    estimate = TokenEstimate()
    english = prompt("A sentence of ordinary words. " * 100)
    first = estimate.tokens(english)
    assert first > 1000
    assert not estimate.was_cut(english, 600)
    assert 600 < estimate.tokens(english) < 700
    assert estimate.tokens(Prompt("other", english.messages)) == first


def test_R51_a_count_that_no_language_gives_means_that_the_prompt_was_cut():
    estimate = TokenEstimate()
    long = prompt("A sentence of ordinary words. " * 100)
    assert estimate.was_cut(long, 300)
    assert not estimate.was_cut(prompt("Short."), 1)
    assert not estimate.was_cut(long, 0)
