import { type TextDocument, WorkspaceEdit, window, workspace } from "vscode";
import {
  type ApplyWorkspaceEditParams,
  type ApplyWorkspaceEditResult,
  type LanguageClient,
  type Position,
  TextDocumentEdit,
  type TextEdit,
} from "vscode-languageclient/node";

const STALE = "The text has changed since the edit was made.";
const MISFIT = "The edit does not fit the document: parts of it overlap, run backwards or lie outside.";
const FIRST_HALF = /[\ud800-\udbff]$/;
const SECOND_HALF = /^[\udc00-\udfff]/;

function refused(failureReason: string): ApplyWorkspaceEditResult {
  return { applied: false, failureReason };
}

/** Tell whether a document has a position, not inside a surrogate pair. The editor would move any other until it fits. */
function has(document: TextDocument, { line, character }: Position): boolean {
  const { text } = Number.isInteger(line) && line >= 0 && line < document.lineCount ? document.lineAt(line) : {};
  if (text === undefined || !Number.isInteger(character) || character < 0 || character > text.length) return false;
  return !(FIRST_HALF.test(text.slice(0, character)) && SECOND_HALF.test(text.slice(character)));
}

function before(one: Position, other: Position): boolean {
  return one.line < other.line || (one.line === other.line && one.character < other.character);
}

/** Tell whether what is to be done to a document is plain text in its place: in order, disjoint and inside. */
function fits(document: TextDocument, edits: object[]): edits is TextEdit[] {
  let reached: Position = { line: 0, character: 0 };
  for (const edit of edits as TextEdit[]) {
    const { start, end } = edit.range;
    if (typeof edit.newText !== "string" || !has(document, start) || !has(document, end)) return false;
    if (before(start, reached) || before(end, start)) return false;
    reached = end;
  }
  return true;
}

/**
 * Apply an edit of one document, whole or not at all, if the document is still what the edit was made for, as one undo.
 * The client library checks the version before it hands the edit over, and the text may change on the way; an editor's
 * own edit is checked where it is applied.
 */
export async function applyEdit(
  client: LanguageClient,
  params: ApplyWorkspaceEditParams,
): Promise<ApplyWorkspaceEditResult> {
  const [change, ...others] = params.edit.documentChanges ?? [];
  if (!change || others.length > 0 || params.edit.changes || !TextDocumentEdit.is(change)) {
    return refused("Only an edit of one document is applied.");
  }
  const uri = client.protocol2CodeConverter.asUri(change.textDocument.uri).toString();
  const current = (): TextDocument | undefined =>
    workspace.textDocuments.find(
      (document) => document.uri.toString() === uri && document.version === change.textDocument.version,
    );
  const made = current();
  if (!made) return refused(STALE);
  if (!fits(made, change.edits)) return refused(MISFIT);
  const edits = await client.protocol2CodeConverter.asTextEdits(change.edits);
  // Nothing may be awaited between here and the edit.
  const document = current();
  if (!document) return refused(STALE);
  const editor = window.visibleTextEditors.find((one) => one.document === document);
  if (editor) {
    const done = await editor.edit((builder) => {
      for (const edit of edits) builder.replace(edit.range, edit.newText);
    });
    return done ? { applied: true } : refused(STALE);
  }
  const whole = new WorkspaceEdit();
  whole.set(document.uri, edits);
  return { applied: await workspace.applyEdit(whole) };
}
