import { ProgressLocation, Range, Uri, window, workspace } from "vscode";
import { ExecuteCommandRequest, type LanguageClient, ResponseError } from "vscode-languageclient/node";
import type { Pages } from "./preview";

export const REPORTS = "copydesk-report";
const TITLES = { "copydesk.doctor": "Doctor", "copydesk.ledger": "What left my machine" } as const;

/** Show a report of the server's as a document that cannot be edited. */
export async function showReport(
  client: LanguageClient,
  pages: Pages,
  command: keyof typeof TITLES,
  argument: object,
): Promise<void> {
  const title = TITLES[command];
  const options = { location: ProgressLocation.Window, title: `copydesk: ${title}` };
  try {
    const { text }: { text: string } = await window.withProgress(options, () =>
      client.sendRequest(ExecuteCommandRequest.type, { command, arguments: [argument] }),
    );
    const uri = Uri.from({ scheme: REPORTS, path: `/copydesk: ${title}` });
    pages.write(uri, text);
    const document = await workspace.openTextDocument(uri);
    // The newest connections, and how much of it all left the machine, stand at the end of the ledger.
    const at = document.lineAt(command === "copydesk.ledger" ? document.lineCount - 1 : 0).range.start;
    await window.showTextDocument(document, { preview: false, selection: new Range(at, at) });
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    void window.showWarningMessage(error.message);
  }
}
