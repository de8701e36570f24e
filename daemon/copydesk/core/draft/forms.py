"""JSON schemas of answers: flat, every string bounded, every id one of a list; and how many tokens they take at most.

Open arrays and unbounded strings let a model go on until it is cut; bounded ones end (measured with SmolLM2-135M on
llama.cpp: 10 of 10 answers were complete).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

Schema = Mapping[str, object]


def object_of(**properties: Schema) -> Schema:
    """Return the schema of an object that has all of these keys, in this order, and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def text_of(longest: int, shortest: int = 0) -> Schema:
    """Return the schema of a string of so many code points."""
    return {"type": "string", "minLength": shortest, "maxLength": longest}


def one_of(choices: Sequence[str]) -> Schema:
    """Return the schema of one of some strings."""
    return {"type": "string", "enum": list(choices)}


def list_of(items: Schema, most: int, least: int = 0) -> Schema:
    """Return the schema of a list of so many items."""
    return {"type": "array", "items": items, "minItems": least, "maxItems": most}


def most_tokens(schema: Schema, a_character: int = 1) -> int:
    """Return how many tokens an answer of a schema takes at most, at so many tokens for a character of text.

    A digit costs about a token, and so may any letter; marks and keys of compact JSON cost less than their characters.
    """
    return _most(schema, a_character) + 8


def _most(schema: Schema, a_character: int) -> int:
    match schema["type"]:
        case "object":
            properties = cast("Mapping[str, Schema]", schema["properties"])
            return 2 + sum(len(key) + 4 + _most(value, a_character) for key, value in properties.items())
        case "array":
            return 2 + cast("int", schema["maxItems"]) * (1 + _most(cast("Schema", schema["items"]), a_character))
        case _ if "enum" in schema:
            return 2 + max(map(len, cast("Sequence[str]", schema["enum"])))
        case _:
            return 2 + cast("int", schema["maxLength"]) * a_character


def strings(value: object) -> list[str]:
    """Return the strings of a list, whatever else is in it; none for what is no list."""
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def objects(value: object) -> list[Mapping[str, object]]:
    """Return the objects of a list, whatever else is in it; none for what is no list."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def words_in(value: object, longest: int) -> str:
    """Return a string on one line, empty for what is no string or is longer than it may be."""
    line = " ".join(value.split()) if isinstance(value, str) else ""
    return line if len(line) <= longest else ""
