import type { TextDocument } from "vscode";

export const LANGUAGES = ["markdown", "quarto", "rmd", "mdx", "plaintext"];
export const SCHEMES = ["file", "untitled"];

/** Tell whether a document is one that the server reads. */
export function isProse(document: TextDocument): boolean {
  return LANGUAGES.includes(document.languageId) && SCHEMES.includes(document.uri.scheme);
}
