"""What can go wrong, as one small tree; each error says what happened and what to do next.

CopydeskError
├── DocumentError        a document could not be read
├── SettingsError        a settings file could not be used
│   └── SearchNotSetUp       it names no place to look things up; drafts do without
├── Interrupted          the user ended a command before it was done
├── StoreError           cache or project file unusable; work goes on without it
├── SourceError          evidence could not be had
│   ├── SearchUnavailable    a provider is off, down, refusing or not set up; nothing follows for the claim
│   └── PageUnusable         one page was refused, too large, unreadable or hostile; others are still read
└── EngineError          the model gave no usable answer
    ├── EngineUnreachable    nothing answers at the host
    ├── EngineRefused        redirect, remote model or host without permission
    ├── EngineBusy           the engine's queue is full
    ├── EngineBroken         died, hung up, or spoke nonsense
    ├── EngineTimeout        silent for too long
    ├── ModelMissing         the model is not installed
    ├── OutOfMemory          the model does not fit
    ├── PromptTooLong        the prompt does not fit the context
    └── AnswerCut            the answer hit its length limit
"""


class CopydeskError(Exception):
    """An error to show to the user: `str(error)` says what happened, `remedy` what to do next."""

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy

    @property
    def sentence(self) -> str:
        """Return message and remedy as one line."""
        return " ".join(part for part in (str(self), self.remedy) if part)


class DocumentError(CopydeskError):
    """A document could not be read."""


class SettingsError(CopydeskError):
    """A settings file could not be used."""


class SearchNotSetUp(SettingsError):
    """The settings name no place to look things up."""


class Interrupted(CopydeskError):
    """The user ended a command before it was done."""


class StoreError(CopydeskError):
    """The cache or a project file could not be used."""


class SourceError(CopydeskError):
    """Evidence could not be had."""


class SearchUnavailable(SourceError):
    """A provider is off, down, refusing or not set up; `wait` is for how many seconds it asked not to be asked."""

    def __init__(self, message: str, remedy: str = "", wait: float = 0.0) -> None:
        super().__init__(message, remedy)
        self.wait = wait


class PageUnusable(SourceError):
    """One page was refused, too large, unreadable or hostile."""


class EngineError(CopydeskError):
    """The model gave no usable answer."""


class EngineUnreachable(EngineError):
    """Nothing answers at the engine's host."""


class EngineRefused(EngineError):
    """The engine or model lies where the user did not allow the text to go."""


class EngineBusy(EngineError):
    """The engine's own queue is full."""


class EngineBroken(EngineError):
    """The engine died, hung up, or sent something that is not an answer."""


class EngineTimeout(EngineError):
    """The engine was silent for too long."""


class ModelMissing(EngineError):
    """The model is not installed on the engine."""


class OutOfMemory(EngineError):
    """The model does not fit into memory."""


class PromptTooLong(EngineError):
    """The prompt does not fit the model's context."""


class AnswerCut(EngineError):
    """The answer ended at its length limit."""
