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

/** How a draft stands while it is written: its text so far, or who does what. `token` is its progress's. */
export interface DraftProgress {
  uri: string;
  token: ProgressToken;
  markdown?: string;
  line?: string;
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
  private readonly running = new Map<ProgressToken, Uri>();
  private readonly status: StatusBarItem = window.createStatusBarItem(
    "copydesk.draft",
    StatusBarAlignment.Left,
    Number.MIN_SAFE_INTEGER,
  );

  constructor(private readonly pages: Pages) {
    this.status.name = "copydesk: Draft";
  }

  readonly handle = async (progress: DraftProgress): Promise<void> => {
    const { token, markdown, line } = progress;
    const known = this.running.get(token);
    const uri = known ?? preview(progress.uri);
    this.running.set(token, uri);
    if (!known) this.pages.write(uri, "");
    if (markdown !== undefined) this.pages.write(uri, markdown);
    if (line !== undefined) this.say(line);
    if (!known) await open(uri);
  };

  /** Take back what the status bar says of a draft that has ended; its text stays. */
  ended(token: ProgressToken): void {
    if (this.running.delete(token) && this.running.size === 0) this.status.hide();
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

  private say(line: string): void {
    this.status.text = `$(edit) ${line}`;
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
