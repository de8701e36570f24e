import { type TextDocument, WorkspaceEdit, window, workspace } from "vscode";
import {
  type ApplyWorkspaceEditParams,
  type ApplyWorkspaceEditResult,
  type LanguageClient,
  TextDocumentEdit,
} from "vscode-languageclient/node";

const STALE = "The text has changed since the edit was made.";

function refused(failureReason: string): ApplyWorkspaceEditResult {
  return { applied: false, failureReason };
}

/**
 * Apply an edit of one document if the document is still what the edit was made for, as one undo. The client library
 * checks the version before it hands the edit over, and the text may change on the way; an editor's own edit is checked
 * where it is applied.
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
  const edits = await client.protocol2CodeConverter.asTextEdits(change.edits.filter((edit) => "newText" in edit));
  // Nothing may be awaited between here and the edit.
  const document = current();
  if (!document || edits.length !== change.edits.length) return refused(STALE);
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
