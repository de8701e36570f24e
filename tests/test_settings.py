"""Settings: layers, what each key accepts, and that nothing a file or an editor sends ever raises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.cli.reference import configuration_page, settings_schema
from copydesk.settings import Layer, Origin, Settings, load, merge, read_toml_layer

USER_ONLY = {
    "engine.kind": "ollama",
    "engine.host": "http://example.org:1",
    "engine.base_url": "http://example.org/v1",
    "engine.api_key_env": "SECRET",
    "engine.model_path": "/etc/passwd",
    "engine.allow_remote": True,
    "engine.context": 1 << 20,
    "engine.concurrency": 64,
    "search.providers": ("library", "searxng"),
    "search.kiwix": "http://127.0.0.1:9",
    "search.searxng": "http://example.org",
    "search.wikipedia": "http://example.org",
    "search.offline": True,
}


def only(origin: Origin, values: Any) -> tuple[Settings, list[str]]:
    settings, problems = merge([Layer(origin, values, "here")])
    return settings, [problem.path for problem in problems]


def test_a_code_that_there_is_not_is_told_of_and_the_others_count() -> None:
    settings, problems = merge([Layer(Origin.USER, {"critique": {"disable": ["CD403", "CD999"]}}, "here")])
    assert [str(one) for one in problems] == [
        "here: critique.disable: entry 2 is none of copydesk's codes; docs/codes lists them"
    ]
    assert "CD403" in settings.critique.disable


def test_without_layers_the_defaults_are_in_force() -> None:
    settings, problems = merge([])
    assert settings == Settings()
    assert problems == ()
    assert settings.engine.host == "http://127.0.0.1:11434"


def test_later_layers_win_key_by_key_whatever_their_order() -> None:
    layers = [
        Layer(Origin.FLAGS, {"engine": {"model": "flags"}}),
        Layer(Origin.EDITOR, {"engine": {"model": "editor", "context": 4096}}),
        Layer(Origin.USER, {"engine": {"context": 2048, "concurrency": 3}}),
        Layer(Origin.WORKSPACE, {"engine": {"model": "team"}, "brief": {"audience": "all"}}),
    ]
    settings, problems = merge(layers)
    assert problems == ()
    assert (settings.engine.model, settings.engine.context, settings.engine.concurrency) == ("flags", 4096, 3)
    assert settings.brief.audience == "all"


@pytest.mark.parametrize("name", USER_ONLY)
def test_R25_a_workspace_file_cannot_say_where_text_goes_or_what_runs(name: str) -> None:
    table, one = name.split(".")
    values = {table: {one: USER_ONLY[name]}}
    settings, paths = only(Origin.WORKSPACE, values)
    assert settings == Settings()
    assert paths == [name]
    for origin in (Origin.USER, Origin.EDITOR, Origin.FLAGS):
        settings, paths = only(origin, values)
        assert getattr(getattr(settings, table), one) == USER_ONLY[name]
        assert paths == []


@pytest.mark.parametrize(
    "folder",
    ["/etc", "\\\\server\\share", "~", "~/notes", "C:/notes", "..", "a/../..", "a\\..\\..", "../notes", " notes"],
)
def test_R25_a_workspace_file_cannot_have_folders_outside_the_project_searched(folder: str) -> None:
    settings, paths = only(Origin.WORKSPACE, {"search": {"library": [folder]}})
    assert (settings.search.library, paths) == ((), ["search.library"])


@pytest.mark.parametrize("folder", ["notes", "notes/", "a/b", "..notes", "a..b/c", "my notes", "."])
def test_a_workspace_file_can_name_folders_inside_the_project(folder: str) -> None:
    settings, paths = only(Origin.WORKSPACE, {"search": {"library": [folder]}})
    assert (settings.search.library, paths) == ((folder,), [])


@pytest.mark.parametrize(
    ("table", "name", "junk"),
    [
        ("engine", "context", 1e9),
        ("engine", "context", -1),
        ("engine", "context", float("nan")),
        ("engine", "context", float("inf")),
        ("engine", "context", "8192"),
        ("engine", "context", True),
        ("engine", "concurrency", 0),
        ("engine", "concurrency", True),
        ("engine", "concurrency", 10**400),
        ("engine", "kind", "llama"),
        ("engine", "kind", ["ollama"]),
        ("engine", "host", "http://a b"),
        ("engine", "host", 11434),
        ("engine", "api_key_env", "sk-123"),
        ("engine", "allow_remote", "yes"),
        ("engine", "allow_remote", 1),
        ("critique", "max_per_1000_words", -8),
        ("critique", "max_per_1000_words", 2.5),
        ("critique", "disable", "CD403"),
        ("critique", "disable", ["CD403", "everything"]),
        ("critique", "model", 0),
        ("brief", "audience", "x" * 1001),
        ("brief", "style", "\x1b[31mred"),
        ("brief", "style", "\ud83d"),
        ("brief", "known_terms", ["a"] * 501),
        ("brief", "known_terms", {"a": 1}),
    ],
)
def test_R76_junk_leaves_the_value_below_in_force_and_is_one_problem(table: str, name: str, junk: object) -> None:
    good: dict[str, Any] = {"critique": {"max_per_1000_words": 4}}
    settings, problems = merge([Layer(Origin.USER, good), Layer(Origin.EDITOR, {table: {name: junk}}, "editor")])
    assert settings == merge([Layer(Origin.USER, good)])[0]
    assert [(problem.path, problem.source) for problem in problems] == [(f"{table}.{name}", "editor")]
    assert "must" in problems[0].message


@pytest.mark.parametrize(
    ("values", "paths"),
    [
        ({"critque": {}}, ["critque"]),
        ({"critique": {"disabled": []}}, ["critique.disabled"]),
        ({"critique": []}, ["critique"]),
        ({"critique": None, "brief": {"style": None}}, []),
        ({"trace": {"server": "verbose"}}, []),
        ([], [""]),
        ("junk", [""]),
        (
            {"[Fix](command:evil)": 1, "brief": {"[Fix](command:evil)": 1}},
            ["(unprintable key)", "brief.(unprintable key)"],
        ),
    ],
)
def test_unknown_keys_are_named_by_path_and_never_repeated_raw(values: object, paths: list[str]) -> None:
    settings, problems = merge([Layer(Origin.EDITOR, values, "editor")])
    assert settings == Settings()
    assert [problem.path for problem in problems] == paths
    assert "command:" not in "".join(map(str, problems))


def test_an_editor_may_send_whole_numbers_as_floats() -> None:
    assert only(Origin.EDITOR, {"engine": {"context": 4096.0}})[0].engine.context == 4096


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.integers(), inner, max_size=3),
    max_leaves=8,
)
KNOWN = st.fixed_dictionaries(
    {},
    optional={
        table: st.dictionaries(st.sampled_from(sorted(getattr(Settings(), table).__dataclass_fields__)), JUNK) | JUNK
        for table in ("engine", "roles", "critique", "brief")
    },
)


@given(st.lists(st.builds(Layer, st.sampled_from(Origin), KNOWN | JUNK, st.just("here")), max_size=4))
def test_R76_no_layer_whatsoever_raises(layers: list[Layer]) -> None:
    settings, problems = merge(layers)
    assert 512 <= settings.engine.context <= 1 << 20
    assert 1 <= settings.critique.max_per_1000_words <= 1000
    assert all(str(problem).isprintable() for problem in problems)


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"[engine]\nmodel = \n", 2, "not valid TOML (invalid value); nothing of it is used"),
        (b"[engine]\n[engine]\n", 2, "not valid TOML (cannot declare \u2026 twice); nothing"),
        (b"[critique\n", 1, "not valid TOML (expected ']' at the end of a table declaration); nothing"),
        (b"key 'se cret'\n", 1, "not valid TOML (expected '=' after a key in a key/value pair); nothing"),
        (b'x = {"it\'s \\"se cret" = 1, "it\'s \\"se cret" = 2}\n', 1, "(duplicate inline table key \u2026); nothing"),
        (b"x = " + b"[" * 5000, None, "not valid TOML"),
        (b"x = " + b"9" * 5000, None, "not valid TOML"),
        (b"\xff\xfe[\x00", None, "not UTF-8"),
        (b"#" * ((1 << 20) + 1), None, "larger than 1 MiB"),
    ],
    ids=["syntax", "twice", "table", "pair", "quotes in a key", "deep", "huge number", "encoding", "large"],
)
def test_a_broken_file_is_one_problem_with_its_line(
    tmp_path: Path, content: bytes, line: int | None, message: str
) -> None:
    file = tmp_path / "copydesk.toml"
    file.write_bytes(content)
    settings, problems = merge([read_toml_layer(file, Origin.WORKSPACE)])
    assert settings == Settings()
    assert [(problem.source, problem.line) for problem in problems] == [("copydesk.toml", line)]
    assert message in str(problems[0])


def test_a_directory_in_place_of_the_file_is_a_problem_and_no_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "copydesk.toml").mkdir()
    assert len(read_toml_layer(tmp_path / "copydesk.toml", Origin.WORKSPACE).problems) == 1
    assert read_toml_layer(tmp_path / "none.toml", Origin.WORKSPACE).problems == ()


def test_files_with_byte_order_mark_and_windows_line_ends_are_read(tmp_path: Path) -> None:
    file = tmp_path / "copydesk.toml"
    file.write_bytes(b'\xef\xbb\xbf[brief]\r\naudience = """\r\none\r\ntwo"""\r\n')
    settings, problems = merge([read_toml_layer(file, Origin.WORKSPACE)])
    assert (settings.brief.audience, problems) == ("one\ntwo", ())


def test_load_reads_the_workspace_then_the_user_then_editor_and_flags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, home = tmp_path / "root", tmp_path / "home"
    (home / "copydesk").mkdir(parents=True)
    root.mkdir()
    monkeypatch.setattr("platformdirs.user_config_dir", lambda name, appauthor: str(home / name))
    (root / "copydesk.toml").write_text('[engine]\nmodel = "team"\n[critique]\ncode_lens = false\n')
    (home / "copydesk" / "config.toml").write_text('[engine]\nmodel = "mine"\nallow_remote = true\n')
    settings, problems = load(root, editor={"engine": {"context": 2048}}, flags={"critique": {"model": False}})
    assert problems == ()
    assert (settings.engine.model, settings.engine.context, settings.engine.allow_remote) == ("mine", 2048, True)
    assert (settings.critique.code_lens, settings.critique.model) == (False, False)


def test_without_a_home_no_file_of_the_workspace_passes_for_the_users(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "~" / "copydesk").mkdir(parents=True)
    (tmp_path / "~" / "copydesk" / "config.toml").write_text("[engine]\nallow_remote = true\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_config_dir", lambda name, appauthor: "~/copydesk")
    assert load(None)[0].engine.allow_remote is False


def test_the_configuration_page_is_up_to_date() -> None:
    page = Path(__file__).parent.parent / "docs" / "configuration.md"
    assert page.read_text("utf-8") == configuration_page(), "run `make docs`"


def test_an_editors_manifest_declares_every_key_and_marks_the_users_own() -> None:
    schema = settings_schema()
    json.dumps(schema)
    machine = {name.removeprefix("copydesk.") for name, one in schema.items() if one["scope"] == "machine"}
    assert machine == {*USER_ONLY, "search.library"}
    assert schema["copydesk.critique.disable"]["default"] == []
