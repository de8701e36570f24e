import { type Disposable, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from "vscode";
import { NotificationType } from "vscode-languageclient/node";

/** Whether the server runs; "stopped" is a server that failed or was told to end. */
export type State = "untrusted" | "missing" | "starting" | "running" | "stopped";

export interface Engine {
  state: "ready" | "failed" | "off" | "unknown";
  kind: string;
  model: string | null;
  locality: "local" | "remote" | null;
  host: string | null;
  problem: string | null;
}

export interface Job {
  jobId: string;
  command: string;
  uri: string;
  label: string;
  done: number;
  total: number;
}

export interface Status {
  engine: Engine;
  jobs: Job[];
}

export const StatusChanged = new NotificationType<Status>("copydesk/status");

const ENGINES: Readonly<Record<string, string>> = {
  ollama: "Ollama",
  openai: "An OpenAI-compatible server",
  embedded: "The embedded engine",
};
const NOT_RUNNING: Readonly<Record<Exclude<State, "running">, [string, string]>> = {
  untrusted: ["$(shield) copydesk", "copydesk starts once you trust the workspace."],
  missing: ["$(warning) copydesk: not installed", "The program copydesk was not found."],
  starting: ["$(loading~spin) copydesk", "copydesk is starting."],
  stopped: ["$(warning) copydesk: not running", "copydesk is not running. Its log says why."],
};

/** Return what a job is called: "critique of post.md". */
export function jobName({ command, uri }: Job): string {
  const kind = /\.(critique|rewrite|research|draft)/.exec(command)?.[1] ?? "work";
  return `${kind} of ${fileName(uri)}`;
}

/** Return how far a job has come. */
export function jobProgress({ label, done, total }: Job): string {
  return total > 0 ? `${label} ${done}/${total}` : label;
}

/** Return the last part of an address. */
export function fileName(uri: string): string {
  const last = uri.split("/").pop() ?? "";
  try {
    return decodeURIComponent(last) || "the document";
  } catch {
    return last;
  }
}

/** Return who answers, in a sentence. */
export function engineSentence({ state, kind, model, locality, host, problem }: Engine): string {
  if (state === "off") return "No model is asked; the rules alone report.";
  if (state === "failed") return problem ?? "The engine does not answer.";
  if (state === "unknown") return `${model ?? "The model"} is asked when a command first needs it.`;
  const where = locality === "remote" ? "on another machine: your text is sent there" : "on this machine";
  return `${ENGINES[kind] ?? kind}${host ? ` at ${host}` : ""}, ${where}.`;
}

/** Return what the status bar says. Names of models are not ours, so they may not become icons. */
export function statusLine(state: State, status: Status | undefined): { text: string; tooltip: string; warn: boolean } {
  if (state !== "running" || !status) {
    const [text, tooltip] = NOT_RUNNING[state === "running" ? "starting" : state];
    return { text, tooltip: `${tooltip} Click for more.`, warn: state === "missing" || state === "stopped" };
  }
  const { engine, jobs } = status;
  const running = jobs.map((job) => `Running: ${jobName(job)}, ${jobProgress(job)}`);
  const model = engine.state === "ready" ? [`Model: ${engine.model}`] : [];
  const tooltip = [engineSentence(engine), ...model, ...running, "Click for jobs and more."].join("\n");
  return { text: textOf(engine, jobs), tooltip, warn: engine.state === "failed" };
}

function textOf(engine: Engine, jobs: Job[]): string {
  const [job] = jobs;
  if (job && jobs.length === 1) return `$(sync~spin) copydesk: ${words(shortProgress(job))}`;
  if (job) return `$(sync~spin) copydesk: ${jobs.length} jobs`;
  if (engine.state === "failed") return "$(warning) copydesk: no engine";
  if (engine.state === "off") return "$(edit) copydesk: rules only";
  if (engine.state === "unknown") return engine.model ? `$(edit) copydesk: ${words(engine.model)}` : "$(edit) copydesk";
  const icon = engine.locality === "remote" ? "$(cloud)" : "$(edit)";
  return `${icon} copydesk: ${words(engine.model ?? "")}, ${engine.locality}`;
}

function shortProgress(job: Job): string {
  const kind = jobName(job).split(" ")[0] ?? "";
  return job.total > 0 ? `${kind} ${job.done}/${job.total}` : kind;
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
