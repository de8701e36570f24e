"""The commands of the protocol as a table, from which arguments are checked and the reference page is written."""

from __future__ import annotations

from copydesk.lsp.arguments import Argument, Command, Type

_NOTE = Argument("noteId", Type.STRING, "the `id` in a diagnostic's `data`")
_TOKEN = Argument(
    "token",
    Type.TOKEN,
    "a progress token of the client's own; without it the server creates one if the client supports that",
    required=False,
)

CRITIQUE = Command(
    "copydesk.critiqueDocument",
    "Critique a document. Findings are published as diagnostics while the model reads, nearest to `range` first. "
    "A running critique of the document is replaced.",
    '`{"jobId": string}` at once',
    (
        Argument("uri", Type.STRING, "an open document"),
        Argument(
            "range",
            Type.RANGE,
            "empty: where the cursor is; not empty: critique only what it holds",
            required=False,
        ),
        _TOKEN,
    ),
)
REWRITE = Command(
    "copydesk.rewriteNote",
    "Ask the model for a rewrite of the words a note speaks of. It is offered as the code action "
    "“Accept rewrite”, or refused with the reason.",
    '`{"jobId": string}` at once',
    (
        _NOTE,
        Argument(
            "aim",
            Type.AIM,
            'what it is to do; without it `"mend"`. `"correct"` goes by the evidence of a verdict',
            required=False,
        ),
        _TOKEN,
    ),
)
RESEARCH = Command(
    "copydesk.researchClaim",
    "Check a claim against sources: the sentence at a position, or what a range selects. The verdict is published as a "
    "diagnostic of code CD501 to CD505, or CD901 and CD902 where there is none. Running research on the document is "
    "replaced.",
    '`{"jobId": string}` at once',
    (
        Argument("uri", Type.STRING, "an open document"),
        Argument("position", Type.POSITION, "in the sentence; this or a range is needed", required=False),
        Argument("range", Type.RANGE, "what is selected", required=False),
        _TOKEN,
    ),
)
RESEARCH_SECTION = Command(
    "copydesk.researchSection",
    "Check every claim of a section that is worth checking, one after the other, as `copydesk.researchClaim` does. "
    "Claims that sources support get no diagnostic; they are told on hover, by lenses and by `copydesk.notes`.",
    '`{"jobId": string}` at once',
    (
        Argument("uri", Type.STRING, "an open document"),
        Argument("position", Type.POSITION, "in the section; without it the whole document", required=False),
        _TOKEN,
    ),
)
RESEARCH_NOTE = Command(
    "copydesk.researchNote",
    "Check the words that a note speaks of, again if the note is a verdict.",
    '`{"jobId": string}` at once',
    (_NOTE, _TOKEN),
)
_SOURCE = Argument(
    "source", Type.NUMBER, "the index of a quote in the note's evidence; without it the first", required=False
)
CITE = Command(
    "copydesk.citeNote",
    "Cite a source of a verdict at its sentence: a footnote with the quote, or a link, as the setting "
    "`citations.style` says. One `workspace/applyEdit`, one undo; verified as in `copydesk.applyNote`. The source's "
    "text is kept on disk, so that the citation can be checked later.",
    '`{"applied": boolean}`; false too where the sentence has the citation already',
    (_NOTE, _SOURCE),
)
OPEN_SOURCE = Command(
    "copydesk.openSource",
    "Ask the editor to open a source of a verdict: a web page in the browser, a file in the editor at the quote.",
    '`{"opened": boolean}`',
    (_NOTE, _SOURCE),
)
APPLY = Command(
    "copydesk.applyNote",
    "Put a note's rewrite into the text: one `workspace/applyEdit`, one undo. The words are verified before, and "
    "the whole text afterwards; unless it is as expected nothing counts as done and the proposal is kept.",
    '`{"applied": boolean}` when the document has shown it, or not within two seconds; null, before that, to a '
    "client that tells of no change while it waits for an answer (eglot)",
    (
        _NOTE,
        Argument(
            "paragraphs",
            Type.NUMBERS,
            "of a draft, only these paragraphs, by their index in `copydesk.showDraft`; the others can follow later",
            required=False,
        ),
    ),
)
DRAFT = Command(
    "copydesk.draftSection",
    "Draft the section at a position, in its heading or under it: five agents write and refine it, with citations from "
    "your sources. The draft becomes a note of code CD701 on the heading; nothing is in the text until it is accepted. "
    "A draft of the same section that was cut short goes on where it was.",
    '`{"jobId": string}` at once',
    (
        Argument("uri", Type.STRING, "an open document"),
        Argument("position", Type.POSITION, "in the section"),
        _TOKEN,
    ),
)
SHOW_DRAFT = Command(
    "copydesk.showDraft",
    "Return a draft and how it was made, for a preview or a comparison.",
    '`{"uri", "heading": [string], "range": where the section\'s body stands now or null, "original", "markdown", '
    '"paragraphs": [{"markdown", "taken"}], '
    '"sentences": [{"text", "agent", "round", "model", "sources"}], '
    '"sources": [{"title", "url", "retrieved", "sha256"}], "status", "reason", '
    '"unsourced", "replaced": [the notes of the writer, as written, that it puts sentences in place of], '
    '"faults": [string], "log": [{"number", "score", "accepted", "reverted", "calls", "remarks"}]}`',
    (_NOTE,),
)
RESUME_DRAFT = Command(
    "copydesk.resumeDraft",
    "Go on with a draft that was cut short: `copydesk.draftSection` at its heading, which repeats nothing that was "
    "finished.",
    '`{"jobId": string}` at once',
    (_NOTE, _TOKEN),
)
DISCARD_DRAFT = Command(
    "copydesk.discardDraft",
    "Throw a draft away, also what is kept of it on disk, once the user has said so again: the server asks by "
    "`window/showMessageRequest`. Where the client cannot ask, a message says what is at stake, and the same command "
    "once more is taken for a yes.",
    '`{"discarded": boolean}` once that was answered; false where the draft stays, or what is kept of it on disk; '
    "null, before the user is asked, to a client that gives up on an answer (eglot)",
    (_NOTE,),
)
DISMISS = Command(
    "copydesk.dismissNote",
    "Do not show a note again: these words, this code in the document, or this code in the project.",
    '`{"stored": boolean}`; false: hidden until the document is closed, but not recorded',
    (
        _NOTE,
        Argument("scope", Type.SCOPE, 'how far it reaches; without it `"note"`', required=False),
        Argument("reason", Type.STRING, "why, for whoever reviews the project's dismissals", required=False),
    ),
)
DISMISSALS = Command(
    "copydesk.dismissals",
    "List what was dismissed of a document: of its own notes, and in the whole project. Comments in the text that "
    "switch codes off are none of it.",
    '`{"dismissals": [{"dismissalId", "code", "scope", "title", "reason", "stored"}]}`; `title` says in a line what '
    "was dismissed, `reason` why, or is null; `stored` is false for what goes when the document is closed",
    (Argument("uri", Type.STRING, "an open document"),),
)
RESTORE = Command(
    "copydesk.restoreNote",
    "Take a dismissal back. Notes that nothing else hides are shown again at once, in every open document.",
    '`{"restored": boolean}`; false where the project\'s file could not be written, which a message says',
    (
        Argument("uri", Type.STRING, "an open document"),
        Argument("dismissalId", Type.STRING, "from `copydesk.dismissals`"),
    ),
)
EXPLAIN = Command(
    "copydesk.explainNote",
    "Say why there is a note: what its code means, how to mend it, and what made it. Also shown as a message. "
    "`sentences` are those of the draft that a note is on, or the drafted sentence that it stands in.",
    '`{"id", "code", "title", "meaning", "remedy", "message", "rewrite", "provenance": {"agent", "model", '
    '"digest", "promptVersion", "cached", "confidence"}, "sentences": [{"text", "agent", "round", "model", '
    '"sources"}]}`',
    (_NOTE,),
)
CANCEL = Command(
    "copydesk.cancel",
    "Cancel a job, or every job. Cancelling the job's progress does the same.",
    '`{"cancelled": integer}`',
    (Argument("jobId", Type.STRING, "the job; without it all of them", required=False),),
)
JOBS = Command(
    "copydesk.jobs",
    "List the running jobs, oldest first.",
    '`{"jobs": [{"jobId", "token", "command", "kind", "uri", "name", "line", "label", "done", "total"}]}`; `token` is '
    'that of its progress; `kind` is "critique", "rewrite", "research" or "draft", `name` says of what, `line` how far '
    "it has come",
)
STATUS = Command(
    "copydesk.status",
    "Say who answers and what is running, for a status line. A client with the capability "
    "`experimental.copydesk.status` is told the same by the notification `copydesk/status` whenever it changes, at "
    "most four times a second.",
    '`{"engine": {"state", "kind", "model", "models", "locality", "host", "reason", "problem", "short", '
    '"sentence"}, "jobs": '
    "as in `copydesk.jobs`}`. "
    '`state` is `"ready"`, `"failed"` (then `problem` says why and what to do), `"off"` (no model is asked) or '
    '`"unknown"` (until a command first needs the engine). '
    '`kind` is `"ollama"`, `"openai"`, `"embedded"`, or `"auto"` until one was chosen; '
    "`model` is the one that critiques, `models` has one for each role; "
    '`locality` is `"local"`, `"remote"` where text is sent to another machine, or null; '
    "`short` says who answers in a few words, or is empty, `sentence` says it for a tooltip",
    (
        Argument("uri", Type.STRING, "an open document, whose settings count", required=False),
        Argument(
            "look",
            Type.SWITCH,
            "true: ask the engine now whether it answers, which sends it no text; without it nothing is asked",
            required=False,
        ),
    ),
)
NOTES = Command(
    "copydesk.notes",
    "List the notes that are shown of a document by section, in document order, with what can be done about each. "
    "Nothing is read or asked.",
    '`{"uri", "version", "sections": [{"path": [string], "range", "notes": [{"noteId", "code", "title", "severity", '
    '"message", "words", "about", "range", "rewrite", "actions": [{"title", "command", "arguments"}]}]}]}`; `path` has '
    "the headings from the document down to the section, and is empty above the first; `range` is the heading's or the "
    "note's words; `about` is `words` on one line, from those on that the message quotes, which tell notes on one "
    "sentence apart; `severity` is a number as in diagnostics; `rewrite` is null until there is one; `actions` are "
    "those of `textDocument/codeAction`",
    (Argument("uri", Type.STRING, "an open document"),),
)
DOCTOR = Command(
    "copydesk.doctor",
    "Examine the engines and the places to search with the settings in force, as `copydesk doctor` does, and say "
    "where the server's log is. It may take some seconds, and sends no text anywhere.",
    '`{"text": string}`, for people',
    (Argument("uri", Type.STRING, "an open document, whose settings count", required=False),),
)
LEDGER = Command(
    "copydesk.ledger",
    "List the connections that copydesk opened or refused, those of the command line included: the newest 200, oldest "
    "first. Nothing is shown. `copydesk ledger --all` prints every one.",
    '`{"path": string or null, "entries": [{"time", "host", "port", "purpose", "sent", "received", "command", '
    '"outcome"}], "text"}`; `sent` and `received` are bytes, null where they were not counted; `text` is for '
    "people: what left this machine, then sums of the whole ledger, as `copydesk ledger` prints them",
)

CLEAR = Command(
    "copydesk.clear",
    "List what copydesk keeps of its user's on this machine, and remove what `what` names if `confirmed` is true: a "
    "client shows the list and asks first. Documents, settings and what lies in projects are none of it.",
    '`{"kinds": [{"name", "holds", "lost", "folder", "files", "size", "personal"}], "removed": [string], "problems": '
    "[string]}`; `kinds` as they are afterwards, `size` in bytes; `lost` says in a sentence what goes with it; what is "
    "not `personal` says nothing of the user; `problems` say what stays and why",
    (
        Argument("what", Type.STRINGS, "names of kinds", required=False),
        Argument("confirmed", Type.SWITCH, "true: the user was asked; without it nothing is removed", required=False),
    ),
)

COMMANDS = (
    CRITIQUE,
    RESEARCH,
    RESEARCH_SECTION,
    RESEARCH_NOTE,
    CITE,
    OPEN_SOURCE,
    DRAFT,
    SHOW_DRAFT,
    RESUME_DRAFT,
    DISCARD_DRAFT,
    REWRITE,
    APPLY,
    DISMISS,
    DISMISSALS,
    RESTORE,
    EXPLAIN,
    CANCEL,
    JOBS,
    STATUS,
    NOTES,
    DOCTOR,
    LEDGER,
    CLEAR,
)
