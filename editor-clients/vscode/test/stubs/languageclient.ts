export const TextDocumentEdit = {
  is: (change: object): boolean => "textDocument" in change && "edits" in change,
};

export const ExecuteCommandRequest = { type: "workspace/executeCommand" };

export class NotificationType<_T> {
  constructor(readonly method: string) {}
}

export const WorkDoneProgressCancelNotification = { type: "window/workDoneProgress/cancel" };

export class ResponseError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}

export enum State {
  Stopped = 1,
  Running = 2,
  Starting = 3,
  StartFailed = 4,
}

export enum CloseAction {
  DoNotRestart = 1,
  Restart = 2,
}

/** A client that starts nothing, and restarts what ended as often as the library would. */
export class LanguageClient {
  static made: LanguageClient[] = [];
  readonly logged: unknown[][] = [];

  constructor(
    _id: string,
    _name: string,
    readonly server: { command: string; args: string[]; options: { cwd: string; env: NodeJS.ProcessEnv } },
    readonly clientOptions: {
      outputChannel?: unknown;
      errorHandler?: { closed: () => Promise<{ action: CloseAction; handled: boolean }> };
    },
  ) {
    LanguageClient.made.push(this);
  }

  error(...given: unknown[]): void {
    this.logged.push(given);
  }

  warn(...given: unknown[]): void {
    this.logged.push(given);
  }

  info(...given: unknown[]): void {
    this.logged.push(given);
  }

  createDefaultErrorHandler(restarts: number): object {
    let ends = 0;
    const closed = async () => {
      ends += 1;
      return { action: ends > restarts ? CloseAction.DoNotRestart : CloseAction.Restart };
    };
    return { error: () => ({}), closed };
  }

  onDidChangeState(): void {}
  onNotification(): void {}
  registerFeature(): void {}
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  async dispose(): Promise<void> {}
  async sendRequest(): Promise<undefined> {}
}
