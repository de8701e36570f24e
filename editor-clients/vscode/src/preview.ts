import {
  type Disposable,
  EventEmitter,
  StatusBarAlignment,
  type StatusBarItem,
  type Tab,
  TabInputText,
  type TextDocumentContentProvider,
  Uri,
  ViewColumn,
  window,
} from "vscode";
import { NotificationType, type ProgressToken } from "vscode-languageclient/node";

/** How a draft stands while it is written: its text so far, or who does what. */
export interface DraftProgress {
  uri: string;
  jobId: string;
  markdown?: string;
  round?: number;
  role?: string;
  label?: string;
  sources?: number;
  words?: number;
}

export const DraftPreview = new NotificationType<DraftProgress>("copydesk/draftPreview");
export const SCHEME = "copydesk-draft";

/** Read-only documents with what the server wrote, by address. */
export class Pages implements TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly changed = new EventEmitter<Uri>();
  readonly onDidChange = this.changed.event;

  provideTextDocumentContent(uri: Uri): string {
    return this.texts.get(uri.toString()) ?? "";
  }

  /** Put Markdown on a page, without the blank lines around it. */
  write(uri: Uri, markdown: string): void {
    this.texts.set(uri.toString(), `${markdown.trim()}\n`);
    this.changed.fire(uri);
  }

  forget(uri: Uri): void {
    this.texts.delete(uri.toString());
  }
}

/** Return the address of a page of a draft; its last part is what the tab says. */
export function page(kind: string, title: string, key: string): Uri {
  const name = title.replace(/[\\/]/g, " ");
  return Uri.from({ scheme: SCHEME, path: `/${kind}/${name}.md`, query: key });
}

/**
 * Shows a draft beside its document while it is written, without taking the cursor. Once its writer has closed it, it
 * stays closed until the next draft. Who does what is said in the status bar.
 */
export class Previews implements Disposable {
  private readonly running = new Map<string, Uri>();
  private readonly status: StatusBarItem = window.createStatusBarItem(
    "copydesk.draft",
    StatusBarAlignment.Left,
    Number.MIN_SAFE_INTEGER,
  );

  constructor(private readonly pages: Pages) {
    this.status.name = "copydesk: Draft";
  }

  readonly handle = async (progress: DraftProgress): Promise<void> => {
    const { jobId } = progress;
    const known = this.running.get(jobId);
    const uri = known ?? preview(progress.uri);
    this.running.set(jobId, uri);
    if (!known) this.pages.write(uri, "");
    if (progress.markdown !== undefined) this.pages.write(uri, progress.markdown);
    else this.say(progress);
    if (!known) await open(uri);
  };

  /** Take back what the status bar says of a draft that has ended; its text stays. */
  ended(token: ProgressToken): void {
    const job = `${token}`.replace(/^copydesk\//, "");
    if (this.running.delete(job) && this.running.size === 0) this.status.hide();
  }

  /** Close the preview of a document whose draft is finished and shown otherwise now. */
  async close(document: string): Promise<void> {
    const uri = preview(document);
    const written = [...this.running.values()].some((one) => one.toString() === uri.toString());
    if (!written) await window.tabGroups.close(tabsOf(uri));
  }

  /** The server has ended, and all its drafts with it. */
  endAll(): void {
    this.running.clear();
    this.status.hide();
  }

  dispose(): void {
    this.status.dispose();
  }

  private say({ round, role, label, sources, words }: DraftProgress): void {
    const found = `${sources} source${sources === 1 ? "" : "s"}`;
    this.status.text = `$(edit) Draft, round ${round}: ${role} ${label}, ${found}, ${words} words`;
    this.status.show();
  }
}

async function open(uri: Uri): Promise<void> {
  if (tabsOf(uri).length > 0) return;
  await window.showTextDocument(uri, { viewColumn: ViewColumn.Beside, preserveFocus: true, preview: false });
}

/** Return the address of the preview of a document's drafts. */
function preview(document: string): Uri {
  const name = Uri.parse(document).path.split("/").pop() || "the document";
  return page("preview", `Draft of ${name.replace(/\.[^.]*$/, "")}`, document);
}

function tabsOf(uri: Uri): Tab[] {
  const open = window.tabGroups.all.flatMap((group) => group.tabs);
  return open.filter((tab) => tab.input instanceof TabInputText && tab.input.uri.toString() === uri.toString());
}
