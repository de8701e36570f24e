// As much of the editor's interface as the code under test touches; tests put documents and editors into it.

export const workspace = {
  textDocuments: [] as unknown[],
  applied: [] as WorkspaceEdit[],
  async applyEdit(edit: WorkspaceEdit): Promise<boolean> {
    this.applied.push(edit);
    return true;
  },
  isTrusted: true,
  async openTextDocument(made: object): Promise<unknown> {
    return made instanceof Uri
      ? { uri: made, lineCount: 3, lineAt: (line: number) => ({ range: new Range(line, 0, line, 1) }) }
      : made;
  },
  registerTextDocumentContentProvider(): object {
    return {};
  },
  getConfiguration: () => ({ get: <T>(_: string, usual?: T) => usual }),
  fs: { createDirectory: async (): Promise<void> => undefined },
};

export const window = {
  visibleTextEditors: [] as unknown[],
  activeTextEditor: undefined as unknown,
  onDidChangeActiveTextEditor: (): object => ({ dispose: () => undefined }),
  shown: [] as unknown[],
  said: [] as string[],
  status: {
    name: "",
    text: "",
    visible: false,
    show: () => undefined,
    hide: () => undefined,
    dispose: () => undefined,
  },
  tabGroups: {
    all: [{ tabs: [] as { input: unknown }[] }],
    activeTabGroup: { activeTab: undefined as { input: unknown } | undefined },
    async close(tabs: { input: unknown }[]): Promise<void> {
      const [group] = window.tabGroups.all;
      if (group) group.tabs = group.tabs.filter((tab) => !tabs.includes(tab));
    },
  },
  createStatusBarItem(): unknown {
    const { status } = window;
    return Object.assign(status, {
      visible: false,
      show: () => Object.assign(status, { visible: true }),
      hide: () => Object.assign(status, { visible: false }),
    });
  },
  async showTextDocument(document: unknown): Promise<void> {
    window.shown.push(document);
    if (document instanceof Uri) window.tabGroups.all[0]?.tabs.push({ input: new TabInputText(document) });
  },
  /** Which button the writer presses, if there is one of that name. */
  answer: undefined as string | undefined,
  async showInformationMessage(message: string, ...buttons: unknown[]): Promise<string | undefined> {
    window.said.push(message);
    return buttons.includes(window.answer) ? window.answer : undefined;
  },
  async showWarningMessage(message: string, ...buttons: unknown[]): Promise<string | undefined> {
    return window.showInformationMessage(message, ...buttons);
  },
  async showErrorMessage(message: string, ...buttons: unknown[]): Promise<string | undefined> {
    return window.showInformationMessage(message, ...buttons);
  },
  async withProgress(_: object, work: (progress: object, token: object) => Promise<unknown>): Promise<unknown> {
    const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };
    return work({ report: () => undefined }, token);
  },
  /** What the writer picks of what is offered. */
  pick: (_items: { label: string }[]): unknown => undefined,
  async showQuickPick(items: { label: string }[]): Promise<unknown> {
    return window.pick(items);
  },
};

export const commands = {
  known: new Map<string, (...given: unknown[]) => unknown>(),
  registerCommand(name: string, run: (...given: unknown[]) => unknown): object {
    commands.known.set(name, run);
    return {};
  },
  run: [] as unknown[],
  /** Only the comparison of two documents is done. */
  async executeCommand(name: string, original: Uri, modified: Uri): Promise<void> {
    if (name !== "vscode.diff") {
      commands.run.push(name);
      return;
    }
    const tab = { input: new TabInputTextDiff(original, modified) };
    window.tabGroups.all[0]?.tabs.push(tab);
    window.tabGroups.activeTabGroup.activeTab = tab;
  },
};

export const env = {
  opened: [] as string[],
  async openExternal(uri: Uri): Promise<void> {
    env.opened.push(`${uri}`);
  },
};

export class Uri {
  private constructor(
    readonly scheme: string,
    readonly path: string,
    readonly query: string,
  ) {}

  static from({ scheme, path = "", query = "" }: { scheme: string; path?: string; query?: string }): Uri {
    return new Uri(scheme, path, query);
  }

  static parse(text: string): Uri {
    const { protocol, pathname, search } = new URL(text);
    return new Uri(protocol.slice(0, -1), pathname, search.slice(1));
  }

  toString(): string {
    return `${this.scheme}:${this.path}?${this.query}`;
  }
}

export class TabInputText {
  constructor(readonly uri: Uri) {}
}

export class TabInputTextDiff {
  constructor(
    readonly original: Uri,
    readonly modified: Uri,
  ) {}
}

export class EventEmitter<T> {
  private readonly listeners: ((value: T) => void)[] = [];
  readonly event = (listener: (value: T) => void): void => {
    this.listeners.push(listener);
  };

  fire(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
}

export class Range {
  readonly start: { line: number; character: number };
  readonly end: { line: number; character: number };

  constructor(...[line, character, lastLine, lastCharacter]: [number, number, number, number] | [unknown, unknown]) {
    this.start = { line: line as number, character: character as number };
    this.end = { line: lastLine as number, character: lastCharacter as number };
  }
}

export const languages = {
  told: [] as ((event: { uris: unknown[] }) => void)[],
  onDidChangeDiagnostics(listener: (event: { uris: unknown[] }) => void): object {
    languages.told.push(listener);
    return { dispose: () => undefined };
  },
};

export class TreeItem {
  constructor(
    readonly label: string,
    readonly collapsibleState = 0,
  ) {}
}

export class ThemeColor {
  constructor(readonly id: string) {}
}

export class ThemeIcon {
  constructor(
    readonly id: string,
    readonly color: ThemeColor,
  ) {}
}

export const TreeItemCollapsibleState = { None: 0, Expanded: 2 };
export const QuickPickItemKind = { Separator: -1 };
export const ProgressLocation = { Window: 10, Notification: 15 };
export const StatusBarAlignment = { Left: 1, Right: 2 };
export const ViewColumn = { Beside: -2 };

export class WorkspaceEdit {
  readonly entries: unknown[] = [];

  set(...entry: unknown[]): void {
    this.entries.push(entry);
  }
}
