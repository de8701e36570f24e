import { commands, type LogOutputChannel, type QuickPickItem, window } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { execute } from "./execute";
import type { Session } from "./session";

/** The server's command; links that an editor trusts could run it too, so that it never goes through unasked. */
export const CLEAR = "copydesk.clear";
const REMOVE = "Remove";
const SHOW_LOG = "Show Log";

/** Where it is written down why something stays. */
type Log = Pick<LogOutputChannel, "warn">;

/** What is kept of one kind, as the server lists it. */
interface Kept {
  name: string;
  holds: string;
  lost: string;
  files: number;
  size: number;
  personal: boolean;
}

interface Answer {
  kinds: Kept[];
  removed: string[];
  problems: string[];
}

/** Let the writer choose what of all that is kept is removed, ask once more, and remove it. */
export async function clear(session: Pick<Session, "running">, log: Log): Promise<void> {
  const client = session.running();
  if (!client) return;
  const kinds = (await ask(client, {}))?.kinds.filter((kind) => kind.files > 0) ?? [];
  if (kinds.length === 0) {
    void window.showInformationMessage("copydesk keeps nothing of yours.");
    return;
  }
  const chosen = await window.showQuickPick(kinds.map(row), {
    canPickMany: true,
    title: "copydesk",
    placeHolder: "What is to be removed? Your documents, settings and what lies in projects stay.",
  });
  const what = (chosen ?? []).map((one) => one.kept.name);
  if (what.length === 0) return;
  const detail = (chosen ?? []).map((one) => `${one.kept.name}: ${one.kept.lost}`).join("\n");
  const question = `Remove ${what.join(", ")} for good?`;
  if ((await window.showWarningMessage(question, { modal: true, detail }, REMOVE)) !== REMOVE) return;
  const answer = await ask(client, { what, confirmed: true });
  if (!answer) return;
  if (answer.removed.length > 0) void window.showInformationMessage(`copydesk removed ${answer.removed.join(", ")}.`);
  if (answer.problems.length === 0) return;
  // In the log alone: they name files, and whoever names files may write links into messages.
  for (const problem of answer.problems) log.warn(`could not be removed: ${problem}`);
  const said = "copydesk could not remove all of it. Its log says why.";
  if ((await window.showWarningMessage(said, SHOW_LOG)) === SHOW_LOG) void commands.executeCommand("copydesk.showLog");
}

type Middleware = (command: string, given: unknown[], next: (command: string, given: unknown[]) => unknown) => unknown;

/** Return a middleware that lets nothing be cleared with arguments of others: the writer is asked instead. */
export function askingBefore(session: Pick<Session, "running">, log: Log, others: Middleware): Middleware {
  return (command, given, next) => (command === CLEAR ? clear(session, log) : others(command, given, next));
}

function row(kind: Kept): QuickPickItem & { kept: Kept } {
  const files = kind.files === 1 ? "1 file" : `${kind.files} files`;
  return { label: kind.name, description: `${files}, ${size(kind.size)}`, detail: kind.holds, kept: kind };
}

function size(bytes: number): string {
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.round(bytes / 1e3)} kB`;
}

async function ask(client: LanguageClient, argument: object): Promise<Answer | undefined> {
  return (await execute(client, CLEAR, argument)) as Answer | undefined;
}
