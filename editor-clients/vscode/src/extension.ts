import { type ExtensionContext, window, workspace } from "vscode";
import { registerCommands } from "./commands";
import { Findings } from "./findings";
import { SCHEME } from "./preview";
import { Session } from "./session";
import { StatusItem } from "./status";

let session: Session | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("copydesk", { log: true });
  const own = new Session(context, log);
  session = own;
  const status = new StatusItem();
  const findings = new Findings(own);
  own.onDidChange(() => status.show(own.state, own.status));
  context.subscriptions.push(
    log,
    status,
    own.previews,
    findings,
    ...registerCommands(context, own, log),
    ...own.drafts.register(),
    window.registerTreeDataProvider("copydesk.findings", findings),
    workspace.registerTextDocumentContentProvider(SCHEME, own.pages),
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
