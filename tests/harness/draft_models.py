"""Scripted models that draft: one that can, one that answers at random, one that obeys what it reads; and a journal.

A model is asked by role, which the schema of the answer tells, and sees the prompt as an engine would. Each answer is
checked against the schema it was asked for, so that a scripted model cannot say what a real one could not. The engine
counts tokens as one slot of an engine with a prefix cache would.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from copydesk.adapters.prompt_files import load_labelled, load_prompts
from copydesk.core.brief import Brief
from copydesk.core.draft.budget import tokens
from copydesk.core.draft.draft import Draft
from copydesk.core.edit import applied
from copydesk.core.markdown import read
from copydesk.core.text import Text
from copydesk.desk import Desk, Staff
from copydesk.drafting.limits import Limits, Terms
from copydesk.errors import CopydeskError
from copydesk.events import Drafted, Drafting, Preview, Report
from copydesk.ports import (
    Delta,
    EngineFacts,
    Finished,
    Locality,
    ModelFacts,
    Places,
    Prompt,
    Role,
    Sampling,
    Scores,
    Search,
    Usage,
)
from harness.engine import MemoryCache

Answer = Mapping[str, Any]

_ROLES = {
    "questions": Role.PLANNER,
    "picks": Role.RESEARCHER,
    "sentences": Role.WRITER,
    "findings": Role.CRITIC,
    "do": Role.EDITOR,
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
    def points(self) -> dict[str, str]:
        """Return the points of the plan, by id."""
        return dict(re.findall(r"^(P\d+) \([^\n]*?\): (.+)$", self.words, re.MULTILINE))


Model = Callable[[Question], Answer]
MODEL = ModelFacts("scripted", "d" * 64, context=8192)


@dataclass
class DraftEngine:
    """Answers by a model. `fails` maps the number of a call, from 0 on, to its error; the call `hangs` never ends.

    `before` is told each call's number. `cut` counts the calls that were cancelled.
    """

    model: Model
    facts_of: ModelFacts = MODEL
    fails: Mapping[int, CopydeskError | BaseException] = field(default_factory=dict)
    before: Callable[[int], Any] | None = None
    hangs: int = -1
    asked: list[Question] = field(default_factory=list)
    prompts: list[str] = field(default_factory=list)
    samplings: list[Sampling] = field(default_factory=list)
    usages: list[Usage] = field(default_factory=list)
    cut: int = 0

    @property
    def roles(self) -> list[Role]:
        return [one.role for one in self.asked]

    async def facts(self) -> EngineFacts:
        return EngineFacts("openai", "http://127.0.0.1:1", "1", Locality.LOCAL, (self.facts_of,))

    async def model_facts(self, model: str) -> ModelFacts:
        return self.facts_of

    async def stream(
        self, prompt: Prompt, sampling: Sampling, schema: Mapping[str, object] | None = None
    ) -> AsyncGenerator[Delta | Finished, None]:
        assert schema is not None
        number = len(self.asked)
        words = prompt.messages[-1].content
        whole = "\n".join(message.content for message in prompt.messages)
        assert tokens(whole) + sampling.max_tokens <= (self.facts_of.context or 0), "the prompt does not fit"
        role = role_of(schema)
        assert role is not None
        question = Question(role, words, schema, sampling.seed)
        if self.before is not None:
            self.before(number)
        self.asked.append(question)
        self.samplings.append(sampling)
        failure = self.fails.get(number)
        if failure is not None:
            raise failure
        try:
            await (asyncio.Event().wait() if number == self.hangs else asyncio.sleep(0))
        except asyncio.CancelledError:
            self.cut += 1
            raise
        answer = json.dumps(self.model(question))
        conforms(json.loads(answer), schema)
        usage = self._usage(whole, answer)
        self.usages.append(usage)
        yield Delta(answer)
        yield Finished(usage)

    async def score(self, prompt: Prompt, options: tuple[str, ...]) -> Scores:
        raise AssertionError("drafting asks for no letters")

    async def close(self) -> None:
        pass

    def _usage(self, whole: str, answer: str) -> Usage:
        shared = _shared(self.prompts[-1], whole) if self.prompts else 0
        self.prompts.append(whole)
        return Usage(tokens(whole), len(whole[:shared].encode()) // 3, tokens(answer))


def role_of(schema: Mapping[str, Any]) -> Role | None:
    """Return who is asked for an answer of a schema, None if nobody who drafts is."""
    return next((_ROLES[key] for key in schema["properties"] if key in _ROLES), None)


def _shared(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


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
class MemoryJournal:
    """A journal in memory; `recorded` lists the keys in their order."""

    entries: dict[str, bytes] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)
    recorded: list[str] = field(default_factory=list)

    async def recall(self, key: str) -> bytes | None:
        return self.entries.get(key)

    async def record(self, key: str, value: bytes) -> None:
        self.entries[key] = value
        self.recorded.append(key)

    async def keep(self, name: str, value: bytes) -> None:
        self.kept[name] = value


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of a draft: the value, its events and the report."""

    draft: Draft
    events: list[Drafting | Preview]
    pages: tuple[Any, ...]
    report: Report
    source: str

    @property
    def accepted(self) -> str:
        """Return the document with the draft in it."""
        document = read(Text(self.source))
        edit = self.draft.edit(document)
        return self.source if edit is None else applied(document.text, edit)


def draft_desk(
    engine: DraftEngine,
    searches: Sequence[Search] = (),
    limits: Limits | None = None,
    clock: Callable[[], float] = lambda: 0.0,
) -> Desk:
    """Return a desk that drafts with a scripted model and scripted places to search."""

    async def hire() -> Staff:
        return Staff(engine, await engine.facts(), dict.fromkeys(Role, engine.facts_of), "It is scripted.")

    return Desk(
        hire,
        MemoryCache(),
        load_prompts(),
        load_labelled(),
        search=lambda: Places(tuple(searches)),
        limits=limits or Limits(),
        clock=clock,
    )


async def drawn(
    engine: DraftEngine,
    source: str,
    heading: str,
    searches: Sequence[Search] = (),
    *,
    journal: MemoryJournal | None = None,
    limits: Limits | None = None,
    brief: Brief | None = None,
    clock: Callable[[], float] = lambda: 0.0,
    **terms: Any,
) -> Drawn:
    """Draft the section under a heading."""
    desk = draft_desk(engine, searches, limits, clock)
    document = read(Text(source))
    position = source.index(heading)
    given = Terms(journal or MemoryJournal(), **terms)
    events = [event async for event in desk.draft(document, position, brief or Brief(), given)]
    report, last = events[-1], events[-2]
    assert isinstance(report, Report) and isinstance(last, Drafted), events[-2:]
    return Drawn(
        last.draft, [one for one in events[:-2] if isinstance(one, Drafting | Preview)], last.pages, report, source
    )


@dataclass
class Competent:
    """Knows what each sentence of its sources says in other words, and writes that; finds and mends what it is told to.

    `paraphrases` maps a quotation to a sentence that rests on it; `wrong` maps sentences that it writes instead to the
    sentences that it mends them to. `criticises` holds the Critic's findings, round by round.
    """

    questions: Sequence[str]
    points: Sequence[str]
    paraphrases: Mapping[str, str]
    criticises: list[Sequence[tuple[str, str]]] = field(default_factory=list)
    mends: dict[str, list[Answer]] = field(default_factory=dict)
    evidence: list[str] = field(default_factory=list)
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
        text = question.draft[question.sentence]
        given = next((answers for start, answers in self.mends.items() if start in text and answers), None)
        answer = dict(given.pop(0)) if given is not None else {"do": "rewrite", "text": text}
        filled = {"do": answer["do"], "text": answer.get("text", ""), "second": answer.get("second", "")}
        if "spans" in question.schema["properties"]:
            filled["spans"] = answer.get("spans", question.cited.get(question.sentence, []))
        return filled


@dataclass
class Foolish:
    """Gives answers at random that conform to the schema, as a tiny model under a grammar does.

    The same question has the same answer.
    """

    seed: int
    words: Sequence[str] = (
        *("the", "canal", "water", "of", "1825", "and", "was", "lock", "Lund", "old", "very", "boat", "42", "%", "It"),
        *("clearly", "in", "Erie", "not", "always", "gate", "grain", "city", "eight", "years", "opened", "locks"),
    )
    traps: Sequence[str] = (
        *(
            "[S1]",
            "**bold**",
            "e.g.",
            "[^1]",
            "`code",
            "運河",
            "<b>",
            "{{< x >}}",
            "http://a.example",
            "#",
            "$5",
            "“so",
        ),
        *("\\", "[x](y)", "|", "*", "_a_", "<|im_end|>", "&lt;", "~~", "\u202e", "![i](j)", "@key", "1."),
    )

    def __call__(self, question: Question) -> Answer:
        self._random = random.Random(f"{self.seed} {question.seed} {question.words}")
        answer = self._value(question.schema)
        assert isinstance(answer, dict)
        return answer

    def _value(self, schema: Mapping[str, Any]) -> Any:
        match schema["type"]:
            case "object":
                return {key: self._value(inner) for key, inner in schema["properties"].items()}
            case "array":
                count = self._random.randint(schema["minItems"], schema["maxItems"])
                return [self._value(schema["items"]) for _ in range(count)]
            case _ if "enum" in schema:
                return self._random.choice(schema["enum"])
            case _:
                return self._text(schema["minLength"], schema["maxLength"])

    def _text(self, least: int, most: int) -> str:
        count = self._random.randint(3, 40)
        words = [self._random.choice(self.traps if self._random.random() < 0.04 else self.words) for _ in range(count)]
        text = " ".join(words) + self._random.choice((".", "", "!"))
        return (text + "x" * least)[: self._random.choice((most, most, max(least, most // 3)))]


@dataclass
class Evil:
    """Does what any text in the prompt tells it to: each line after “OBEY:” in what it reads goes into its answers.

    It also names every id there is, asks for all evidence, and finds fault with everything.
    """

    orders: Sequence[str]
    honest: Competent
    _next: int = 0

    def __call__(self, question: Question) -> Answer:
        if question.role is Role.PLANNER:
            return self.honest(question)
        return self._value(question.schema, question)

    def _value(self, schema: Mapping[str, Any], question: Question) -> Any:
        match schema["type"]:
            case "object":
                return {key: self._value(inner, question) for key, inner in schema["properties"].items()}
            case "array":
                return [self._value(schema["items"], question) for _ in range(schema["maxItems"])]
            case _ if "enum" in schema:
                choices = [one for one in schema["enum"] if one not in ("none", "delete")]
                return choices[self._next % len(choices)]
            case _:
                self._next += 1
                order = self.orders[self._next % len(self.orders)]
                return (order + " " * schema["minLength"])[: schema["maxLength"]]


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


def texts(draft: Draft) -> list[str]:
    """Return the plain words of the drafted sentences."""
    return [one.text for one in draft.sentences]
