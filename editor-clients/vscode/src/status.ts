import { type Disposable, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from "vscode";
import { NotificationType } from "vscode-languageclient/node";

/** Whether the server runs; "stopped" is a server that failed or was told to end. */
export type State = "untrusted" | "missing" | "starting" | "running" | "stopped";

/** Who answers: `short` in a few words or empty, `sentence` for a tooltip. */
export interface Engine {
  state: "ready" | "failed" | "off" | "unknown";
  model: string | null;
  locality: "local" | "remote" | null;
  short: string;
  sentence: string;
}

/** What runs: `name` says what it does and to what, `line` how far it has come. */
export interface Job {
  jobId: string;
  kind: string;
  name: string;
  line: string;
  done: number;
  total: number;
}

export interface Status {
  engine: Engine;
  jobs: Job[];
}

export const StatusChanged = new NotificationType<Status>("copydesk/status");

const NOT_RUNNING: Readonly<Record<Exclude<State, "running">, [string, string]>> = {
  untrusted: ["$(shield) copydesk", "copydesk starts once you trust the workspace."],
  missing: ["$(warning) copydesk: not installed", "The program copydesk was not found."],
  starting: ["$(loading~spin) copydesk", "copydesk is starting."],
  stopped: ["$(warning) copydesk: not running", "copydesk is not running. Its log says why."],
};

/** Return what the status bar says. Names of models are not ours, so they may not become icons. */
export function statusLine(state: State, status: Status | undefined): { text: string; tooltip: string; warn: boolean } {
  if (state !== "running" || !status) {
    const [text, tooltip] = NOT_RUNNING[state === "running" ? "starting" : state];
    return { text, tooltip: `${tooltip} Click for more.`, warn: state === "missing" || state === "stopped" };
  }
  const { engine, jobs } = status;
  const running = jobs.map(({ name, line }) => `Running: ${name}, ${line}`);
  const model = engine.state === "ready" ? [`Model: ${engine.model}`] : [];
  const tooltip = [engine.sentence, ...model, ...running, "Click for jobs and more."].join("\n");
  return { text: textOf(engine, jobs), tooltip, warn: engine.state === "failed" };
}

function textOf(engine: Engine, jobs: Job[]): string {
  const [job] = jobs;
  if (job && jobs.length === 1) return `$(sync~spin) copydesk: ${words(shortProgress(job))}`;
  if (job) return `$(sync~spin) copydesk: ${jobs.length} jobs`;
  const warning = engine.state === "failed" ? "$(warning)" : "$(edit)";
  const icon = engine.state === "ready" && engine.locality === "remote" ? "$(cloud)" : warning;
  return engine.short ? `${icon} copydesk: ${words(engine.short)}` : `${icon} copydesk`;
}

function shortProgress({ kind, done, total }: Job): string {
  return total > 0 ? `${kind} ${done}/${total}` : kind;
}

function words(text: string): string {
  return text.replace(/\$\(/g, "$ (");
}

/** Engine, model, where it runs, and what is running, in the status bar. */
export class StatusItem implements Disposable {
  private readonly item: StatusBarItem = window.createStatusBarItem("copydesk.status", StatusBarAlignment.Right, 90);

  constructor() {
    this.item.name = "copydesk";
    this.item.command = "copydesk.showJobs";
  }

  show(state: State, status: Status | undefined): void {
    const { text, tooltip, warn } = statusLine(state, status);
    this.item.text = text;
    this.item.tooltip = tooltip;
    this.item.backgroundColor = warn ? new ThemeColor("statusBarItem.warningBackground") : undefined;
    this.item.show();
  }

  dispose(): void {
    this.item.dispose();
  }
}
