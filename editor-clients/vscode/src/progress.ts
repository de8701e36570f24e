import { type Progress, ProgressLocation, window } from "vscode";
import {
  type LanguageClient,
  type Middleware,
  type ProgressToken,
  WorkDoneProgressCancelNotification,
} from "vscode-languageclient/node";

const OUTCOME_MILLISECONDS = 8000;

interface Shown {
  title: string;
  progress: Progress<{ message?: string; increment?: number }>;
  percentage: number;
  end: () => void;
}

/**
 * Shows progress that can be cancelled as a notification with a Cancel button; the client library shows all of it as a
 * word in the status bar. How the work ended stays in the status bar for a while.
 */
export class Notifications {
  private readonly open = new Map<ProgressToken, Shown>();

  constructor(private readonly client: () => LanguageClient | undefined) {}

  readonly handle: NonNullable<Middleware["handleWorkDoneProgress"]> = (token, params, next) => {
    const shown = this.open.get(token);
    if (params.kind === "begin" && params.cancellable) {
      this.begin(token, params.title);
    } else if (params.kind === "report" && shown) {
      const percentage = params.percentage ?? shown.percentage;
      shown.progress.report({
        increment: Math.max(0, percentage - shown.percentage),
        ...(params.message === undefined ? {} : { message: params.message }),
      });
      shown.percentage = percentage;
    } else if (params.kind === "end" && shown) {
      this.open.delete(token);
      shown.end();
      if (params.message) window.setStatusBarMessage(`${shown.title}: ${params.message}`, OUTCOME_MILLISECONDS);
    } else {
      next(token, params);
    }
  };

  /** Close all of them: the server that would have ended them is gone. */
  endAll(): void {
    for (const shown of this.open.values()) shown.end();
    this.open.clear();
  }

  private begin(token: ProgressToken, title: string): void {
    const options = { location: ProgressLocation.Notification, cancellable: true, title };
    void window.withProgress(options, (progress, cancelled) => {
      cancelled.onCancellationRequested(() => {
        void this.client()?.sendNotification(WorkDoneProgressCancelNotification.type, { token });
      });
      return new Promise<void>((end) => {
        this.open.set(token, { title, progress, percentage: 0, end });
      });
    });
  }
}
