import { type QuickPickItem, type Uri, window } from "vscode";
import { execute } from "./execute";
import type { Session } from "./session";

/** Something that the writer did not want to hear of any more, as the server lists it. */
interface Dismissal {
  dismissalId: string;
  title: string;
  reason: string | null;
}

/** Let the writer choose what of all that was dismissed of a document is shown again. */
export async function showDismissed(session: Pick<Session, "running">, document: Uri): Promise<void> {
  const client = session.running();
  if (!client) return;
  const uri = client.code2ProtocolConverter.asUri(document);
  const answer = (await execute(client, "copydesk.dismissals", { uri })) as { dismissals: Dismissal[] } | undefined;
  if (!answer) return;
  if (answer.dismissals.length === 0) {
    void window.showInformationMessage("Nothing was dismissed in this document.");
    return;
  }
  const chosen = await window.showQuickPick(answer.dismissals.map(row), {
    canPickMany: true,
    title: "Dismissed notes",
    placeHolder: "What is to be shown again?",
  });
  for (const { dismissalId } of chosen ?? []) await execute(client, "copydesk.restoreNote", { uri, dismissalId });
}

/** Words of the document may not become icons. */
function row({ dismissalId, title, reason }: Dismissal): QuickPickItem & { dismissalId: string } {
  const inert = (text: string): string => text.replace(/\$\(/g, "$ (");
  return { label: inert(title), ...(reason === null ? {} : { detail: inert(reason) }), dismissalId };
}
