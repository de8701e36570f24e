"""A scripted model that can draft, what it is asked, and what it drafts from.

A model is asked by role, which the schema of the answer tells, and sees the prompt as an engine would.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copydesk.ports import Role

Answer = Mapping[str, Any]

_ROLES = {
    "questions": Role.PLANNER,
    "picks": Role.RESEARCHER,
    "sentences": Role.WRITER,
    "findings": Role.CRITIC,
    "mended": Role.CRITIC,
    "do": Role.EDITOR,
    "delete": Role.EDITOR,
}


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is asked: the role, the prompt's words, the schema of the answer, and the seed."""

    role: Role
    words: str
    schema: Mapping[str, Any]
    seed: int = 7

    @property
    def ledger(self) -> dict[str, str]:
        """Return the quotations shown, by id."""
        return dict(re.findall(r"^(S\d+) \([^\n]*?\): (.+)$", self.words, re.MULTILINE))

    @property
    def notes(self) -> dict[str, str]:
        """Return the writer's notes shown, by id."""
        return dict(re.findall(r"^(N\d+): (.+)$", self.words, re.MULTILINE))

    @property
    def candidates(self) -> dict[str, str]:
        """Return the sentences of sources that a Researcher is offered, by id."""
        return dict(re.findall(r"^(c\d+) \([^\n]*?\): (.+)$", self.words, re.MULTILINE))

    @property
    def draft(self) -> dict[str, str]:
        """Return the drafted sentences shown, by id."""
        return dict(re.findall(r"^(s\d+)(?: \[[^\]]*\])?: (.+)$", self._drafted, re.MULTILINE))

    @property
    def _drafted(self) -> str:
        return self.words.partition("\n\nThe draft:\n")[2].partition("\n\n")[0]

    @property
    def cited(self) -> dict[str, list[str]]:
        """Return what each drafted sentence names, by its id."""
        found = re.findall(r"^(s\d+) \[([^\]]*)\]:", self._drafted, re.MULTILINE)
        return {id: names.split(", ") for id, names in found}

    @property
    def point(self) -> str:
        """Return the id of the point that a Writer is to write."""
        return re.findall(r"^Writer: write (P\d+)", self.words, re.MULTILINE)[-1]

    @property
    def sentence(self) -> str:
        """Return the id of the sentence that an Editor is to mend."""
        return re.findall(r"^Editor: mend (s\d+)", self.words, re.MULTILINE)[-1]

    @property
    def confirms(self) -> bool:
        """Tell whether a Critic is asked whether one sentence was mended, not what is wrong with all."""
        return "mended" in self.schema["properties"]

    @property
    def points(self) -> dict[str, str]:
        """Return the points of the plan, by id."""
        return dict(re.findall(r"^(P\d+) \([^\n]*?\): (.+)$", self.words, re.MULTILINE))


Model = Callable[[Question], Answer]


def role_of(schema: Mapping[str, Any]) -> Role | None:
    """Return who is asked for an answer of a schema, None if nobody who drafts is."""
    return next((_ROLES[key] for key in schema["properties"] if key in _ROLES), None)


def conforms(value: Any, schema: Mapping[str, Any], where: str = "answer") -> None:
    """Assert that a value is of a schema, as a grammar would have made sure."""
    match schema["type"]:
        case "object":
            assert isinstance(value, dict) and list(value) == schema["required"], f"{where}: {value}"
            for key, inner in schema["properties"].items():
                conforms(value[key], inner, f"{where}.{key}")
        case "array":
            assert schema["minItems"] <= len(value) <= schema["maxItems"], f"{where}: {len(value)} items"
            for one in value:
                conforms(one, schema["items"], where)
        case _ if "enum" in schema:
            assert value in schema["enum"], f"{where}: {value}"
        case _:
            assert schema["minLength"] <= len(value) <= schema["maxLength"], f"{where}: {len(value)} characters"


@dataclass
class Competent:
    """Knows what each sentence of its sources says in other words, and writes that; finds and mends what it is told to.

    `paraphrases` maps a quotation to a sentence that rests on it; `wrong` maps sentences that it writes instead to the
    sentences that it mends them to. `criticises` holds the Critic's findings, round by round, `content` what it says
    when asked whether one was mended, as a rule yes. `deletes` holds beginnings of sentences that it can do without.
    """

    questions: Sequence[str]
    points: Sequence[str]
    paraphrases: Mapping[str, str]
    criticises: list[Sequence[tuple[str, str]]] = field(default_factory=list)
    mends: dict[str, list[Answer]] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)
    content: list[bool] = field(default_factory=list)
    deletes: Sequence[str] = ()
    extra: Mapping[str, Sequence[Answer]] = field(default_factory=dict)

    def __call__(self, question: Question) -> Answer:
        return {
            Role.PLANNER: self.plan,
            Role.RESEARCHER: self.research,
            Role.WRITER: self.write,
            Role.CRITIC: self.criticise,
            Role.EDITOR: self.edit,
        }[question.role](question)

    def plan(self, question: Question) -> Answer:
        inner = question.schema["properties"]["points"]["items"]["properties"]
        points = [self._point(say, number, inner, question) for number, say in enumerate(self.points)]
        return {"questions": list(self.questions), "points": points, "length": "as asked"}

    def _point(self, say: str, number: int, inner: Mapping[str, Any], question: Question) -> Answer:
        own: dict[str, Any] = {"say": say, "form": "paragraph"}
        if "notes" in inner:
            ids = inner["notes"]["items"]["enum"]
            own["notes"] = ids[number :: len(self.points)][: inner["notes"]["maxItems"]]
        if "heading" in inner:
            own["heading"] = ""
        return own

    def research(self, question: Question) -> Answer:
        known = [id for id, words in question.candidates.items() if words in self.paraphrases]
        picks = [
            {"span": id, "stance": "answers"} for id in known[: question.schema["properties"]["picks"]["maxItems"]]
        ]
        return {"picks": picks, "missing": "nothing" if picks else "all"}

    def write(self, question: Question) -> Answer:
        sentences: list[Answer] = list(self.extra.get(question.point, ()))
        most = question.schema["properties"]["sentences"]["maxItems"]
        said = set(question.draft.values())
        points = list(question.points)
        mine = list(question.ledger.items())[points.index(question.point) :: len(points)]
        for id, words in mine:
            if self.paraphrases[words] not in said and len(sentences) < most:
                sentences.append({"text": self.paraphrases[words], "spans": [id]})
        for id, words in question.notes.items():
            if words in self.paraphrases and self.paraphrases[words] not in said and len(sentences) < most:
                sentences.append({"text": self.paraphrases[words], "spans": [id]})
        if not sentences:
            sentences = [{"text": f"This is said of {question.points[question.point]} here.", "spans": []}]
        if "spans" not in question.schema["properties"]["sentences"]["items"]["properties"]:
            return {"sentences": [{"text": one["text"]} for one in sentences]}
        return {"sentences": sentences[:most]}

    def criticise(self, question: Question) -> Answer:
        if question.confirms:
            return {"mended": "yes" if not self.content or self.content.pop(0) else "no"}
        wanted = self.criticises.pop(0) if self.criticises else ()
        by_text = {text: id for id, text in question.draft.items()}
        findings = [
            {"sentence": next(id for text, id in by_text.items() if start in text), "code": code, "hint": ""}
            for start, code in wanted
            if any(start in text for text in by_text)
        ]
        most = question.schema["properties"]["findings"]["maxItems"]
        more = {}
        if "evidence" in question.schema["properties"]:
            more["evidence"] = self.evidence.pop(0) if self.evidence else "none"
        return {"findings": findings[:most], **more}

    def edit(self, question: Question) -> Answer:
        if "delete" in question.schema["properties"]:
            offered = question.schema["properties"]["delete"]["items"]["enum"]
            wanted = [id for start in self.deletes for id, text in question.draft.items() if text.startswith(start)]
            return {"delete": [id for id in wanted if id in offered] or offered[:1]}
        text = question.draft[question.sentence]
        given = next((answers for start, answers in self.mends.items() if start in text and answers), None)
        answer = dict(given.pop(0)) if given is not None else {"do": "rewrite", "text": text}
        filled = {"do": answer["do"], "text": answer.get("text", ""), "second": answer.get("second", "")}
        if "spans" in question.schema["properties"]:
            filled["spans"] = answer.get("spans", question.cited.get(question.sentence, []))
        return filled


POST = """# Canals

Canals carry boats over land.

## The Lund canal

## Afterwards

Then came the railway.
"""
FACTS = {
    "The Lund canal was opened to boats in 1825.": "Boats have used the Lund canal since 1825.",
    "It took eight years to dig it by hand.": "Men dug it with spades, and needed eight years for that.",
    "The canal has 83 locks between the lake and the river.": "Between lake and river the boats pass 83 locks.",
    "Farmers beside the canal sold grain to the city.": "The farmers beside it could now sell their grain in the city.",
}
PAGES = {
    "Annals": (
        "# Annals of Lund\n\nThe Lund canal was opened to boats in 1825. It took eight years to dig it by hand.\n"
    ),
    "Survey": (
        "# Survey of the canal\n\nThe canal has 83 locks between the lake and the river. "
        "Farmers beside the canal sold grain to the city.\n"
    ),
}


def competent(**more: Any) -> Competent:
    """Return a model that writes about the Lund canal from `PAGES` without a fault."""
    questions = ["When was the Lund canal opened?", "How many locks has the Lund canal, and what did farmers sell?"]
    return Competent(questions, ["its opening", "its locks"], FACTS, **more)
