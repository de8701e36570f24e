import {
  commands,
  type Disposable,
  type ExtensionContext,
  type LogOutputChannel,
  Uri,
  window,
  workspace,
} from "vscode";
import { ExecuteCommandRequest, type LanguageClient, type Range, ResponseError } from "vscode-languageclient/node";
import { clear } from "./clear";
import { showDismissed } from "./dismissed";
import { execute } from "./execute";
import { type Action, actionOf, jump, NoteRow, SectionRow } from "./findings";
import { install } from "./install";
import { showJobs } from "./jobs";
import { Pages } from "./preview";
import { isProse } from "./prose";
import { REPORTS, showReport } from "./reports";
import type { Session } from "./session";

const WALKTHROUGH = "copydesk.copydesk#copydesk.start";

/**
 * Register what the palette, the menus and the views can run. Any link that an editor trusts can run them too, with
 * whatever arguments it likes: those of the palette take none, and the others only objects that this extension made.
 */
export function registerCommands(context: ExtensionContext, session: Session, log: LogOutputChannel): Disposable[] {
  const reports = new Pages();
  const on = (name: string, run: () => unknown): Disposable =>
    commands.registerCommand(`copydesk.${name}`, () => run());
  return [
    on("critique", () => critique(session)),
    on("research", () => research(session, "claim")),
    on("researchAll", () => research(session, "section")),
    on("researchDocument", () => research(session, "document")),
    on("draft", () => draft(session)),
    on("cancelAll", () => cancel(session)),
    on("restart", () => session.restart()),
    on("showLog", () => log.show()),
    on("showJobs", () => showJobs(session)),
    on("showDoctor", () => report(session, reports, "copydesk.doctor")),
    on("showLedger", () => report(session, reports, "copydesk.ledger")),
    on("showDismissed", () => dismissed(session)),
    on("clearKept", () => clear(session, log)),
    on("install", async () => ((await install(context, log)) ? session.restart() : undefined)),
    on("openWalkthrough", () => commands.executeCommand("workbench.action.openWalkthrough", WALKTHROUGH, false)),
    on("openExample", () => openExample(context)),
    onRow("open", (row) => jump(row)),
    onNote("accept", (row) => act(session, actionOf(row.note, "accept"))),
    onNote("rewrite", (row) => act(session, actionOf(row.note, "rewrite"))),
    onNote("dismiss", (row) => act(session, actionOf(row.note, "dismiss"))),
    onNote("more", (row) => choose(session, row.note.actions)),
    workspace.registerTextDocumentContentProvider(REPORTS, reports),
  ];
}

function onRow(name: string, run: (row: NoteRow | SectionRow) => unknown): Disposable {
  return commands.registerCommand(`copydesk.note.${name}`, (row: unknown) =>
    row instanceof NoteRow || row instanceof SectionRow ? run(row) : undefined,
  );
}

function onNote(name: string, run: (row: NoteRow) => unknown): Disposable {
  return onRow(name, (row) => (row instanceof NoteRow ? run(row) : undefined));
}

async function critique(session: Session): Promise<void> {
  const here = place(session, "critiqued");
  if (here) await execute(here.client, "copydesk.critiqueDocument", { uri: here.uri, range: here.range });
}

/** Research what is selected, the claim at the cursor, or those of its section or of the whole document. */
async function research(session: Session, what: "claim" | "section" | "document"): Promise<void> {
  const here = place(session, "researched");
  if (!here) return;
  const { client, uri, range } = here;
  const selected = range.start.line !== range.end.line || range.start.character !== range.end.character;
  if (what === "claim") {
    await execute(client, "copydesk.researchClaim", selected ? { uri, range } : { uri, position: range.end });
  } else {
    await execute(client, "copydesk.researchSection", what === "section" ? { uri, position: range.end } : { uri });
  }
}

async function draft(session: Session): Promise<void> {
  const here = place(session, "drafted");
  if (here) await execute(here.client, "copydesk.draftSection", { uri: here.uri, position: here.range.end });
}

/** Return where the writer is and the server to ask, or say what is missing. */
function place(session: Session, done: string): { client: LanguageClient; uri: string; range: Range } | undefined {
  const editor = window.activeTextEditor;
  if (!editor || !isProse(editor.document)) {
    void window.showInformationMessage(`Open a document of prose to have it ${done}.`);
    return undefined;
  }
  const client = session.running();
  if (!client) return undefined;
  const convert = client.code2ProtocolConverter;
  return { client, uri: convert.asUri(editor.document.uri), range: convert.asRange(editor.selection) };
}

async function dismissed(session: Session): Promise<void> {
  const document = window.activeTextEditor?.document;
  if (document && isProse(document)) await showDismissed(session, document.uri);
  else void window.showInformationMessage("Open a document of prose to see what was dismissed in it.");
}

async function cancel(session: Session): Promise<void> {
  const client = session.running();
  if (client) await execute(client, "copydesk.cancel", {});
}

async function report(session: Session, reports: Pages, command: "copydesk.doctor" | "copydesk.ledger"): Promise<void> {
  const client = session.running();
  if (!client) return;
  const document = window.activeTextEditor?.document;
  const about = command === "copydesk.doctor" && document && isProse(document);
  await showReport(client, reports, command, about ? { uri: client.code2ProtocolConverter.asUri(document.uri) } : {});
}

/** Do what the server offers for a note, as its quick fix would. */
async function act(session: Session, action: Action | undefined): Promise<void> {
  const client = session.running();
  if (!client || !action) return;
  const send = (command: string, given: unknown[]): Promise<unknown> =>
    client.sendRequest(ExecuteCommandRequest.type, { command, arguments: given });
  try {
    await session.drafts.middleware(action.command, action.arguments, send);
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    void window.showWarningMessage(error.message);
  }
}

async function choose(session: Session, actions: Action[]): Promise<void> {
  const items = actions.map((action) => ({ label: action.title.replace(/\$\(/g, "$ ("), action }));
  const chosen = await window.showQuickPick(items, { title: "copydesk", placeHolder: "What is to be done?" });
  await act(session, chosen?.action);
}

/** Open a copy of the example, so that whatever is tried changes nothing. */
async function openExample(context: ExtensionContext): Promise<void> {
  const bytes = await workspace.fs.readFile(Uri.joinPath(context.extensionUri, "example.md"));
  const document = await workspace.openTextDocument({ language: "markdown", content: new TextDecoder().decode(bytes) });
  await window.showTextDocument(document, { preview: false });
}
