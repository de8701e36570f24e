"""Reading Markdown, Quarto, MDX and plain text into a `Document` of exact spans."""

from copydesk.core.markdown.reader import format_of, read

__all__ = ["format_of", "read"]
