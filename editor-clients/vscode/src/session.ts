import { commands, type ExtensionContext, type LogOutputChannel, type Uri, window, workspace } from "vscode";
import {
  type ClientCapabilities,
  LanguageClient,
  type LanguageClientOptions,
  State,
  type StaticFeature,
} from "vscode-languageclient/node";
import { Drafts } from "./drafts";
import { applyEdit } from "./edits";
import { DraftPreview, Pages, Previews } from "./preview";
import { findProgram } from "./program";
import { Notifications } from "./progress";
import { chosenSettings } from "./settings";

export const LANGUAGES = ["markdown", "quarto", "rmd", "mdx", "plaintext"];
const SCHEMES = ["file", "untitled"];
const CHANGE = "Open Setting";

/** Tells the server that drafts are shown while they are written. */
const PREVIEWS: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { ...capabilities.experimental, copydesk: { draftPreview: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** The running server, or none. One change of state is finished before the next begins. */
export class Session {
  private client: LanguageClient | undefined;
  private last: Promise<void> = Promise.resolve();
  private readonly notifications = new Notifications(() => this.client);
  readonly pages = new Pages();
  readonly previews = new Previews(this.pages);
  readonly drafts = new Drafts(this.pages, this.previews, () => this.running());

  constructor(
    private readonly context: ExtensionContext,
    private readonly log: LogOutputChannel,
  ) {}

  /** Return the running server's client; says why where there is none. */
  running(): LanguageClient | undefined {
    if (!this.client) {
      void window.showWarningMessage("copydesk is not running. Its log says why.");
    }
    return this.client;
  }

  restart(): Promise<void> {
    return this.next(async () => {
      await this.ended();
      await this.started();
    });
  }

  stop(): Promise<void> {
    return this.next(() => this.ended());
  }

  private next(step: () => Promise<void>): Promise<void> {
    this.last = this.last.then(step).catch((error: unknown) => {
      this.log.error(`${error}`);
    });
    return this.last;
  }

  private async ended(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.stop().catch((error: unknown) => this.log.warn(`stopped only after a struggle: ${error}`));
    await client?.dispose().catch(() => undefined);
  }

  private async started(): Promise<void> {
    // Whoever wrote the workspace must not have anything started.
    if (!workspace.isTrusted) {
      this.log.info("the workspace is not trusted, so the server is not started");
      return;
    }
    const command = workspace.getConfiguration("copydesk").get<string>("command", "copydesk");
    const program = await findProgram(command, process.env.PATH ?? "", process.platform);
    if (!program) {
      this.missing(command);
      return;
    }
    // Not in the workspace: nothing that lies there may be taken for a part of the program.
    const folder = this.context.globalStorageUri;
    await workspace.fs.createDirectory(folder);
    this.log.info(`starting ${program}`);
    const client = new LanguageClient(
      "copydesk",
      "copydesk",
      { command: program, args: ["serve"], options: { cwd: folder.fsPath } },
      this.options(),
    );
    client.onDidChangeState((change) => {
      if (change.newState !== State.Stopped) return;
      this.notifications.endAll();
      this.previews.endAll();
    });
    client.registerFeature(PREVIEWS);
    client.onNotification(DraftPreview, this.previews.handle);
    try {
      await client.start();
      this.client = client;
    } catch (error) {
      this.log.error(`${error}`);
      void window.showErrorMessage("copydesk could not be started. Its log says why.");
    }
  }

  private options(): LanguageClientOptions {
    const keys = Object.keys(this.context.extension.packageJSON.contributes.configuration.properties);
    return {
      documentSelector: SCHEMES.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language }))),
      outputChannel: this.log,
      middleware: {
        handleWorkDoneProgress: (token, params, next) => {
          if (params.kind === "end") this.previews.ended(token);
          this.notifications.handle(token, params, next);
        },
        executeCommand: this.drafts.middleware,
        workspace: {
          configuration: (params) =>
            params.items.map((item) => {
              const scope: Uri | undefined =
                item.scopeUri === undefined ? undefined : this.client?.protocol2CodeConverter.asUri(item.scopeUri);
              return item.section === "copydesk" ? chosenSettings(keys, scope) : null;
            }),
          handleApplyEdit: (params) =>
            this.client ? applyEdit(this.client, params) : { applied: false, failureReason: "The server has ended." },
        },
      },
    };
  }

  private missing(command: string): void {
    this.log.error(`the program ${command} was not found`);
    const hint = "Install it with `pipx install copydesk`, or say where it is in the setting copydesk.command.";
    void window.showErrorMessage(`The program copydesk was not found. ${hint}`, CHANGE).then((answer) => {
      if (answer === CHANGE) void commands.executeCommand("workbench.action.openSettings", "copydesk.command");
    });
  }
}
