import { commands, type QuickPickItem, QuickPickItemKind, window } from "vscode";
import { execute } from "./execute";
import type { Session } from "./session";
import type { State, Status } from "./status";

/** A row; choosing it does what it says. */
interface Row extends QuickPickItem {
  run?: () => unknown;
}

/** Show what is running, each with a way to cancel it, and who answers; rows follow what happens while it is open. */
export function showJobs(session: Session): void {
  const picker = window.createQuickPick<Row>();
  picker.title = "copydesk";
  picker.placeholder = "Cancel a job, or choose what to do";
  const fill = (): void => {
    const before = picker.activeItems[0]?.label;
    picker.items = rows(session.state, session.status, session);
    const again = picker.items.find((row) => row.label === before);
    if (again) picker.activeItems = [again];
  };
  const watch = session.onDidChange(fill);
  picker.onDidAccept(() => {
    const [row] = picker.selectedItems;
    picker.hide();
    void row?.run?.();
  });
  picker.onDidHide(() => {
    watch.dispose();
    picker.dispose();
  });
  fill();
  picker.show();
  // Whoever opens this asks how things are; while a job runs its progress says so.
  if (session.status?.jobs.length === 0 && session.status.engine.state !== "ready") void session.look();
}

/** Return the rows for how things stand. */
export function rows(state: State, status: Status | undefined, session: Pick<Session, "running">): Row[] {
  const cancel = (argument: { jobId?: string }) => async (): Promise<void> => {
    const client = session.running();
    if (client) await execute(client, "copydesk.cancel", argument);
  };
  const jobs = status?.jobs ?? [];
  const listed: Row[] = jobs.map((job) => ({
    label: `$(stop-circle) Cancel ${inert(job.name)}`,
    description: inert(job.line),
    run: cancel({ jobId: job.jobId }),
  }));
  if (jobs.length > 1) listed.push({ label: "$(stop-circle) Cancel all", run: cancel({}) });
  return [
    separator("Jobs"),
    ...(listed.length > 0 ? listed : [{ label: "Nothing is running", alwaysShow: false }]),
    separator("Engine"),
    {
      label: `$(pulse) ${state === "running" && status ? inert(status.engine.short || "The engine") : "copydesk is not running"}`,
      detail: status && state === "running" ? inert(status.engine.sentence) : "The log says why.",
      run: () => commands.executeCommand(state === "running" ? "copydesk.showDoctor" : "copydesk.showLog"),
    },
    separator("More"),
    command("$(heart) Doctor", "copydesk.showDoctor"),
    command("$(globe) Show what left my machine", "copydesk.showLedger"),
    command("$(output) Show log", "copydesk.showLog"),
    command("$(refresh) Restart", "copydesk.restart"),
  ];
}

function separator(label: string): Row {
  return { label, kind: QuickPickItemKind.Separator };
}

function command(label: string, id: string): Row {
  return { label, run: () => commands.executeCommand(id) };
}

/** Names of files and models are not ours, so they may not become icons. */
function inert(text: string): string {
  return text.replace(/\$\(/g, "$ (");
}
