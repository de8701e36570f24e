import {
  commands,
  type Disposable,
  env,
  type Tab,
  TabInputTextDiff,
  Uri,
  type Uri as VscodeUri,
  window,
  workspace,
} from "vscode";
import { ExecuteCommandRequest, type LanguageClient, type Range } from "vscode-languageclient/node";
import { execute } from "./execute";
import { type Pages, type Previews, page, SCHEME } from "./preview";

const SHOW = "copydesk.showDraft";
const TITLE_LENGTH = 72;

/** A draft as the server returns it; `range` is null where its section is not any more what the draft was made for. */
export interface Draft {
  uri: string;
  heading: string[];
  range: Range | null;
  original: string;
  markdown: string;
  paragraphs: { markdown: string; taken: boolean }[];
  sources: { title: string; url: string; retrieved: string }[];
}

interface Shown {
  noteId: string;
  section: VscodeUri;
  draft: VscodeUri;
  value: Draft;
}

/** Finished drafts beside their sections, and what the writer does with them. */
export class Drafts {
  private readonly shown = new Map<string, Shown>();

  constructor(
    private readonly pages: Pages,
    private readonly previews: Previews,
    private readonly client: () => LanguageClient | undefined,
  ) {}

  /** Register the commands of the comparison's buttons. */
  register(): Disposable[] {
    const on = (name: string, run: (shown: Shown) => Promise<void>): Disposable =>
      commands.registerCommand(`copydesk.draft.${name}`, async (uri?: VscodeUri) => {
        const shown = this.meant(uri);
        if (shown) await run(shown);
      });
    return [
      on("accept", ({ noteId }) => this.run("copydesk.applyNote", { noteId })),
      on("acceptParagraphs", (shown) => this.acceptParagraphs(shown)),
      on("sources", (shown) => sources(shown.value)),
      on("discard", ({ noteId }) => this.run("copydesk.discardDraft", { noteId })),
    ];
  }

  /** Do a command of the server's, and show what it is to show or what it has changed. */
  readonly middleware = async (
    command: string,
    given: unknown[],
    next: (command: string, given: unknown[]) => unknown,
  ): Promise<unknown> => {
    const result = await next(command, given);
    const [argument] = given;
    const noteId = argument && typeof argument === "object" && "noteId" in argument ? `${argument.noteId}` : undefined;
    if (noteId !== undefined && command === SHOW && result) await this.show(noteId, result as Draft);
    else if (noteId !== undefined) await this.refresh(noteId);
    return result;
  };

  private async run(command: string, argument: { noteId: string; paragraphs?: number[] }): Promise<void> {
    const client = this.client();
    if (!client) return;
    await execute(client, command, argument);
    await this.refresh(argument.noteId);
  }

  private async show(noteId: string, draft: Draft): Promise<void> {
    await this.previews.close(draft.uri);
    if (!draft.range) {
      // Not over changed text: in a document of its own, to copy from or to keep.
      const document = await workspace.openTextDocument({
        language: "markdown",
        content: `${draft.markdown.trim()}\n`,
      });
      await window.showTextDocument(document, { preview: false });
      void window.showInformationMessage(
        "The section changed since the draft was made. The draft stands by itself here.",
      );
      return;
    }
    const title = draft.heading.at(-1) ?? "the section";
    const shown = {
      noteId,
      section: page("section", title, noteId),
      draft: page("draft", title, noteId),
      value: draft,
    };
    this.shown.set(noteId, shown);
    this.fill(shown);
    await commands.executeCommand("vscode.diff", shown.section, shown.draft, `${title}: section ↔ draft`, {
      preview: false,
    });
  }

  private fill({ section, draft, value }: Shown): void {
    this.pages.write(section, value.original);
    this.pages.write(draft, value.markdown);
  }

  /** Bring a comparison up to date; close it where nothing is left of the draft. */
  private async refresh(noteId: string): Promise<void> {
    const shown = this.shown.get(noteId);
    const client = this.client();
    if (!shown || !client) return;
    try {
      const value: Draft = await client.sendRequest(ExecuteCommandRequest.type, {
        command: SHOW,
        arguments: [{ noteId }],
      });
      if (value.range) {
        shown.value = value;
        this.fill(shown);
      }
    } catch {
      this.shown.delete(noteId);
      const tabs = window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => compares(tab, shown.draft));
      await window.tabGroups.close(tabs);
      this.pages.forget(shown.section);
      this.pages.forget(shown.draft);
    }
  }

  private async acceptParagraphs({ noteId, value }: Shown): Promise<void> {
    const items = value.paragraphs.flatMap(({ markdown, taken }, index) =>
      taken ? [] : [{ label: firstWords(markdown), index }],
    );
    const chosen = await window.showQuickPick(items, {
      canPickMany: true,
      title: "Accept paragraphs",
      placeHolder: "Which paragraphs are to be put into the text?",
    });
    if (!chosen?.length) return;
    await this.run("copydesk.applyNote", { noteId, paragraphs: chosen.map((one) => one.index) });
  }

  private meant(uri: VscodeUri | undefined): Shown | undefined {
    if (uri !== undefined && !(uri instanceof Uri)) return undefined; // whoever links to a command chooses its arguments
    const input = window.tabGroups.activeTabGroup.activeTab?.input;
    const active = input instanceof TabInputTextDiff ? input.modified : undefined;
    const key = uri?.scheme === SCHEME ? uri.query : active?.scheme === SCHEME ? active.query : undefined;
    return key === undefined ? undefined : this.shown.get(key);
  }
}

function compares(tab: Tab, draft: VscodeUri): boolean {
  return tab.input instanceof TabInputTextDiff && tab.input.modified.toString() === draft.toString();
}

export function firstWords(markdown: string): string {
  const words = markdown
    .replace(/\[\^[^\]]*\]/g, "")
    .replace(/\s+/g, " ")
    .trim();
  return words.length <= TITLE_LENGTH ? words : `${words.slice(0, TITLE_LENGTH).replace(/\s+\S*$/, "")} …`;
}

async function sources(draft: Draft): Promise<void> {
  if (draft.sources.length === 0) {
    void window.showInformationMessage("The draft cites no source, so check every fact.");
    return;
  }
  const items = draft.sources.map(({ title, url, retrieved }) => ({
    label: title || url,
    description: url,
    detail: `retrieved ${retrieved.slice(0, 10)}`,
    url,
  }));
  const chosen = await window.showQuickPick(items, {
    title: "Sources of the draft",
    placeHolder: "Open which source?",
  });
  if (chosen) await openSource(chosen.url);
}

/** Open a web page in the browser, or a file in the editor; nothing else. */
export async function openSource(url: string): Promise<void> {
  const uri = Uri.parse(url);
  if (uri.scheme === "http" || uri.scheme === "https") await env.openExternal(uri);
  else if (uri.scheme === "file") await window.showTextDocument(uri, { preview: false });
}
