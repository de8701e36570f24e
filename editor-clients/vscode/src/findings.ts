import {
  type Disposable,
  type Event,
  EventEmitter,
  languages,
  Range,
  ThemeColor,
  ThemeIcon,
  type TreeDataProvider,
  TreeItem,
  TreeItemCollapsibleState,
  Uri,
  window,
} from "vscode";
import { ExecuteCommandRequest, type Range as ProtocolRange } from "vscode-languageclient/node";
import { isProse } from "./prose";
import type { Session } from "./session";

const LABEL = 80;
const ICONS: Readonly<Record<number, [string, string]>> = {
  1: ["error", "problemsErrorIcon.foreground"],
  2: ["warning", "problemsWarningIcon.foreground"],
  3: ["info", "problemsInfoIcon.foreground"],
};

/** Something that can be done about a note, as the server offers it. */
export interface Action {
  title: string;
  command: string;
  arguments: Record<string, unknown>[];
}

export interface ListedNote {
  noteId: string;
  code: string;
  title: string;
  severity: number;
  message: string;
  /** Its words, from those on that tell it from other notes on the sentence. */
  about: string;
  range: ProtocolRange;
  rewrite: string | null;
  actions: Action[];
}

export interface ListedSection {
  path: string[];
  range: ProtocolRange;
  notes: ListedNote[];
}

/** A row of the view: a section, or a note in it. Only rows that this module made are taken by its commands. */
export class SectionRow {
  constructor(
    readonly uri: string,
    readonly section: ListedSection,
    /** How many sections of the same path come before. */
    readonly earlier: number,
  ) {}
}

export class NoteRow {
  constructor(
    readonly uri: string,
    readonly note: ListedNote,
  ) {}
}

export type Row = SectionRow | NoteRow;

/** Return the action that a button of a note's row stands for, if the server offers it. */
export function actionOf(note: ListedNote, button: "accept" | "rewrite" | "dismiss"): Action | undefined {
  const named = (command: string): Action[] => note.actions.filter((action) => action.command === command);
  if (button === "accept") return named("copydesk.applyNote").find(({ arguments: [given] }) => !given?.paragraphs);
  if (button === "rewrite") return named("copydesk.rewriteNote")[0];
  return named("copydesk.dismissNote").find(({ arguments: [given] }) => given?.scope === "note");
}

/** The notes of the document that was last active, by section, as the server lists them. */
export class Findings implements TreeDataProvider<Row>, Disposable {
  private readonly changed = new EventEmitter<undefined>();
  readonly onDidChangeTreeData: Event<undefined> = this.changed.event;
  private uri: Uri | undefined;
  private sections: SectionRow[] = [];
  private asking = false;
  private stale = false;
  private news = "";

  private readonly watches: Disposable[];

  constructor(private readonly session: Session) {
    this.watches = [
      languages.onDidChangeDiagnostics(({ uris }) => {
        if (uris.some((uri) => uri.toString() === this.uri?.toString())) void this.refresh();
      }),
      window.onDidChangeActiveTextEditor(() => this.follow()),
      session.onDidChange(() => this.heard()),
    ];
    this.follow();
  }

  dispose(): void {
    for (const watch of this.watches) watch.dispose();
  }

  getChildren(row?: Row): Row[] {
    if (!row) return this.sections;
    return row instanceof SectionRow ? row.section.notes.map((note) => new NoteRow(row.uri, note)) : [];
  }

  getTreeItem(row: Row): TreeItem {
    return row instanceof SectionRow ? sectionItem(row) : noteItem(row);
  }

  /** Ask the server again; what happens meanwhile is asked about once it has answered. */
  async refresh(): Promise<void> {
    this.stale = true;
    if (this.asking) return;
    this.asking = true;
    try {
      while (this.stale) {
        this.stale = false;
        const sections = await this.listed();
        const same = JSON.stringify(sections) === JSON.stringify(this.sections);
        this.sections = sections;
        if (!same) this.changed.fire(undefined);
      }
    } finally {
      this.asking = false;
    }
  }

  /** Ask again when the server came or went, or when a job began or ended: a rewrite may be ready. */
  private heard(): void {
    const jobs = this.session.status?.jobs.map((job) => job.jobId) ?? [];
    const news = [this.session.state, ...jobs].join();
    if (news !== this.news) void this.refresh();
    this.news = news;
  }

  private follow(): void {
    const document = window.activeTextEditor?.document;
    if (!document || !isProse(document) || document.uri.toString() === this.uri?.toString()) return;
    this.uri = document.uri;
    void this.refresh();
  }

  private async listed(): Promise<SectionRow[]> {
    const client = this.session.state === "running" ? this.session.client : undefined;
    if (!client || !this.uri) return [];
    const uri = client.code2ProtocolConverter.asUri(this.uri);
    try {
      const found: { sections: ListedSection[] } = await client.sendRequest(ExecuteCommandRequest.type, {
        command: "copydesk.notes",
        arguments: [{ uri }],
      });
      return sectionRows(uri, found.sections);
    } catch {
      return []; // the document was closed, or the server has ended; both are told elsewhere
    }
  }
}

/** Return a row for each section. */
export function sectionRows(uri: string, sections: ListedSection[]): SectionRow[] {
  const seen = new Map<string, number>();
  return sections.map((section) => {
    const path = section.path.join("\n");
    const earlier = seen.get(path) ?? 0;
    seen.set(path, earlier + 1);
    return new SectionRow(uri, section, earlier);
  });
}

/** Show a note's words in its document. */
export async function jump(row: Row): Promise<void> {
  const { start, end } = row instanceof NoteRow ? row.note.range : row.section.range;
  const selection = new Range(start.line, start.character, end.line, end.character);
  await window.showTextDocument(Uri.parse(row.uri), { selection, preview: false });
}

function sectionItem({ uri, section, earlier }: SectionRow): TreeItem {
  const item = new TreeItem(section.path.at(-1) ?? "Before the first heading", TreeItemCollapsibleState.Expanded);
  item.id = [uri, ...section.path, earlier].join("\n");
  item.description = `${section.notes.length}`;
  item.tooltip = section.path.join(" › ");
  item.contextValue = "section";
  return item;
}

function noteItem(row: NoteRow): TreeItem {
  const { note } = row;
  const [icon, colour] = ICONS[note.severity] ?? ["lightbulb", "problemsInfoIcon.foreground"];
  const item = new TreeItem(capitalised(note.title.replaceAll("-", " ")));
  item.id = note.noteId;
  const rewrite = note.rewrite === "" ? "remove it" : note.rewrite;
  item.description = rewrite ? `rewrite ready: ${shortened(rewrite)}` : shortened(note.about);
  item.tooltip = [note.message, ...(rewrite ? [`Rewrite: ${rewrite}`] : []), note.code].join("\n\n");
  item.iconPath = new ThemeIcon(icon, new ThemeColor(colour));
  const buttons = (["accept", "rewrite", "dismiss"] as const).filter((button) => actionOf(note, button));
  item.contextValue = ["note", ...buttons].join(" ");
  item.command = { command: "copydesk.note.open", title: "Show", arguments: [row] };
  return item;
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= LABEL ? line : `${line.slice(0, LABEL).replace(/\s+\S*$/, "")} …`;
}
