import { commands, type ExtensionContext, window, workspace } from "vscode";
import { ExecuteCommandRequest, type LanguageClient, ResponseError } from "vscode-languageclient/node";
import { LANGUAGES, Session } from "./session";

let session: Session | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("copydesk", { log: true });
  const own = new Session(context, log);
  session = own;
  context.subscriptions.push(
    log,
    commands.registerCommand("copydesk.critique", () => critique(own)),
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
  const editor = window.activeTextEditor;
  if (!editor || !LANGUAGES.includes(editor.document.languageId)) {
    void window.showInformationMessage("Open a document of prose to have it critiqued.");
    return;
  }
  const client = own.running();
  if (!client) return;
  const range = client.code2ProtocolConverter.asRange(editor.selection);
  await execute(client, "copydesk.critiqueDocument", {
    uri: client.code2ProtocolConverter.asUri(editor.document.uri),
    range,
  });
}

async function cancel(own: Session): Promise<void> {
  const client = own.running();
  if (client) await execute(client, "copydesk.cancel", {});
}

/** Have the server do something; a refusal is shown in its words. */
async function execute(client: LanguageClient, command: string, argument: object): Promise<void> {
  try {
    await client.sendRequest(ExecuteCommandRequest.type, { command, arguments: [argument] });
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    void window.showWarningMessage(error.message);
  }
}
