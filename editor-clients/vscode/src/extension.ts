import { commands, type ExtensionContext, window, workspace } from "vscode";
import type { LanguageClient, Range } from "vscode-languageclient/node";
import { execute } from "./execute";
import { SCHEME } from "./preview";
import { LANGUAGES, Session } from "./session";

let session: Session | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("copydesk", { log: true });
  const own = new Session(context, log);
  session = own;
  context.subscriptions.push(
    log,
    commands.registerCommand("copydesk.critique", () => critique(own)),
    commands.registerCommand("copydesk.research", () => research(own, "claim")),
    commands.registerCommand("copydesk.researchAll", () => research(own, "section")),
    commands.registerCommand("copydesk.researchDocument", () => research(own, "document")),
    commands.registerCommand("copydesk.draft", () => draft(own)),
    ...own.drafts.register(),
    own.previews,
    workspace.registerTextDocumentContentProvider(SCHEME, own.pages),
    commands.registerCommand("copydesk.cancelAll", () => cancel(own)),
    commands.registerCommand("copydesk.restart", () => own.restart()),
    commands.registerCommand("copydesk.showLog", () => log.show()),
    workspace.onDidGrantWorkspaceTrust(() => own.restart()),
    workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("copydesk.command")) void own.restart();
    }),
  );
  await own.restart();
}

export async function deactivate(): Promise<void> {
  await session?.stop();
}

async function critique(own: Session): Promise<void> {
  const here = place(own, "critiqued");
  if (here) await execute(here.client, "copydesk.critiqueDocument", { uri: here.uri, range: here.range });
}

/** Research what is selected, the claim at the cursor, or those of its section or of the whole document. */
async function research(own: Session, what: "claim" | "section" | "document"): Promise<void> {
  const here = place(own, "researched");
  if (!here) return;
  const { client, uri, range } = here;
  const selected = range.start.line !== range.end.line || range.start.character !== range.end.character;
  if (what === "claim") {
    await execute(client, "copydesk.researchClaim", selected ? { uri, range } : { uri, position: range.end });
  } else {
    await execute(client, "copydesk.researchSection", what === "section" ? { uri, position: range.end } : { uri });
  }
}

async function draft(own: Session): Promise<void> {
  const here = place(own, "drafted");
  if (here) await execute(here.client, "copydesk.draftSection", { uri: here.uri, position: here.range.end });
}

/** Return where the writer is and the server to ask, or say what is missing. */
function place(own: Session, done: string): { client: LanguageClient; uri: string; range: Range } | undefined {
  const editor = window.activeTextEditor;
  if (!editor || !LANGUAGES.includes(editor.document.languageId)) {
    void window.showInformationMessage(`Open a document of prose to have it ${done}.`);
    return undefined;
  }
  const client = own.running();
  if (!client) return undefined;
  const convert = client.code2ProtocolConverter;
  return { client, uri: convert.asUri(editor.document.uri), range: convert.asRange(editor.selection) };
}

async function cancel(own: Session): Promise<void> {
  const client = own.running();
  if (client) await execute(client, "copydesk.cancel", {});
}
