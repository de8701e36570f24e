import {
  commands,
  EventEmitter,
  type ExtensionContext,
  type LogOutputChannel,
  type Uri,
  window,
  workspace,
} from "vscode";
import {
  type ClientCapabilities,
  State as ClientState,
  CloseAction,
  type ErrorHandler,
  ExecuteCommandRequest,
  type LanguageClient,
  type LanguageClientOptions,
  type StaticFeature,
} from "vscode-languageclient/node";
import { askingBefore } from "./clear";
import { Drafts } from "./drafts";
import { applyEdit } from "./edits";
import { offerInstallation } from "./missing";
import { DraftPreview, Pages, Previews } from "./preview";
import { findLaunch, isolated, type Launch } from "./program";
import { Notifications } from "./progress";
import { LANGUAGES, SCHEMES } from "./prose";
import { QuietClient } from "./quiet";
import { chosenSettings } from "./settings";
import { type State, type Status, StatusChanged } from "./status";

const RESTARTS = 4;
const SHOW_LOG = "Show Log";
const WHY_NOT: Readonly<Partial<Record<State, string>>> = {
  untrusted: "copydesk is not running. It starts once you trust the workspace.",
  starting: "copydesk is starting. Try again in a moment.",
};

/** Tells the server what this client shows: drafts while they are written, who answers and what is running. */
const SHOWN: StaticFeature = {
  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { ...capabilities.experimental, copydesk: { draftPreview: true, status: true } };
  },
  initialize: () => undefined,
  getState: () => ({ kind: "static" }),
  clear: () => undefined,
};

/** The running server, or none. One change of state is finished before the next begins. */
export class Session {
  client: LanguageClient | undefined;
  state: State = "stopped";
  status: Status | undefined;
  private last: Promise<void> = Promise.resolve();
  private readonly changed = new EventEmitter<void>();
  /** Told of each change of `state` and `status`. */
  readonly onDidChange = this.changed.event;
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
    if (this.client && this.state === "running") return this.client;
    void window.showWarningMessage(WHY_NOT[this.state] ?? "copydesk is not running. Its log says why.");
    return undefined;
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

  /** Have the server ask the engine whether it answers. */
  look(): Promise<void> {
    return this.ask({ look: true });
  }

  private async ask(argument: { look?: true }): Promise<void> {
    const params = { command: "copydesk.status", arguments: [argument] };
    const status = await this.client?.sendRequest(ExecuteCommandRequest.type, params).catch(() => undefined);
    if (status) this.heard(status);
  }

  private next(step: () => Promise<void>): Promise<void> {
    this.last = this.last.then(step).catch((error: unknown) => {
      this.log.error(`${error}`);
    });
    return this.last;
  }

  private is(state: State): void {
    this.state = state;
    void commands.executeCommand("setContext", "copydesk.state", state);
    this.heard(undefined);
    if (state === "running") void this.ask({});
  }

  private heard(status: Status | undefined): void {
    this.status = status;
    void commands.executeCommand("setContext", "copydesk.busy", (status?.jobs.length ?? 0) > 0);
    this.changed.fire();
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
      this.is("untrusted");
      return;
    }
    // Not in the workspace: nothing that lies there may be taken for a part of the program.
    const folder = this.context.globalStorageUri;
    await workspace.fs.createDirectory(folder);
    const command = workspace.getConfiguration("copydesk").get<string>("command", "copydesk");
    const found = await findLaunch({
      command,
      searchPath: process.env.PATH ?? "",
      platform: process.platform,
      storage: folder.fsPath,
      version: this.context.extension.packageJSON.version,
    });
    if (!found) {
      this.log.error(`the program ${command} was not found`);
      this.is("missing");
      offerInstallation(command);
      return;
    }
    this.is("starting");
    const client = this.connected(found, folder);
    try {
      await client.start();
      this.client = client;
      this.is("running");
    } catch (error) {
      this.log.error(`${error}`);
      this.is("stopped");
      const said = "copydesk could not be started. Its log says why.";
      void window.showErrorMessage(said, SHOW_LOG).then((answer) => answer && this.log.show());
    }
  }

  private connected({ program, args }: Launch, folder: Uri): LanguageClient {
    this.log.info(`starting ${program} ${args.join(" ")}`);
    const options = { cwd: folder.fsPath, env: isolated(process.env) };
    const client = new QuietClient("copydesk", "copydesk", { command: program, args, options }, this.options());
    client.clientOptions.errorHandler = this.patience(client);
    client.onDidChangeState(({ newState }) => {
      if (newState === ClientState.Stopped) {
        this.notifications.endAll();
        this.previews.endAll();
      }
      // A server that ended by itself is started again by the client library, unless it does so too often.
      if (this.client === client) this.is(STATES[newState]);
    });
    client.registerFeature(SHOWN);
    client.onNotification(DraftPreview, this.previews.handle);
    client.onNotification(StatusChanged, (status) => this.heard(status));
    return client;
  }

  /** Start a server that ended again, and say so in our words once that is done too often. */
  private patience(client: LanguageClient): ErrorHandler {
    const usual = client.createDefaultErrorHandler(RESTARTS);
    return {
      error: (error, message, count) => usual.error(error, message, count),
      closed: async () => {
        // One that never came to answer would not the next time.
        if (this.client !== client) return { action: CloseAction.DoNotRestart, handled: true };
        const result = await usual.closed();
        if (result.action === CloseAction.Restart) {
          void window.showWarningMessage("copydesk ended by itself and is started again. Repeat what was interrupted.");
          return { ...result, handled: true };
        }
        void window
          .showErrorMessage(
            `copydesk ended ${RESTARTS + 1} times within 3 minutes, so it stays off. What it said last is in its log.`,
            "Restart",
            SHOW_LOG,
          )
          .then((answer) => {
            if (answer === "Restart") void this.restart();
            else if (answer) this.log.show();
          });
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    };
  }

  private options(): LanguageClientOptions {
    const keys = Object.keys(this.context.extension.packageJSON.contributes.configuration.properties);
    return {
      documentSelector: SCHEMES.flatMap((scheme) => LANGUAGES.map((language) => ({ scheme, language }))),
      outputChannel: this.log,
      initializationFailedHandler: () => false, // the failure is said where the client is started
      middleware: {
        handleWorkDoneProgress: (token, params, next) => {
          if (params.kind === "end") this.previews.ended(token);
          this.notifications.handle(token, params, next);
        },
        executeCommand: askingBefore(this, this.log, this.drafts.middleware),
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
}

const STATES: Readonly<Record<ClientState, State>> = {
  [ClientState.Stopped]: "stopped",
  [ClientState.Starting]: "starting",
  [ClientState.StartFailed]: "stopped",
  [ClientState.Running]: "running",
};
