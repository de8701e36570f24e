"""What becomes of an error that nobody foresaw: the user is told a number, and the logs have the fault under it."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from copydesk.lsp.log import fault
from copydesk.lsp.wording import plain

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)

BROKEN = "Something went wrong inside copydesk. Its log has the details under {}; copydesk doctor says where that is."


def crashed(work: str, error: BaseException, notify: Callable[[str, Any], None]) -> str:
    """Put an error into copydesk's log and the editor's, without a word of the text; return what the user is told.

    `work` says what failed, in words of this project; `notify` sends a notification to the client.
    """
    number = secrets.token_hex(3)
    entry = f"{work} failed ({number}): {fault(error)}"
    logger.error("%s", entry)
    notify(types.WINDOW_LOG_MESSAGE, types.LogMessageParams(type=types.MessageType.Error, message=plain(entry)))
    return BROKEN.format(number)
