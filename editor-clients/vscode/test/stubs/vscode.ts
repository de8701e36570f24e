// As much of the editor's interface as the code under test touches; tests put documents and editors into it.

export const workspace = {
  textDocuments: [] as unknown[],
  applied: [] as WorkspaceEdit[],
  async applyEdit(edit: WorkspaceEdit): Promise<boolean> {
    this.applied.push(edit);
    return true;
  },
  async openTextDocument(made: object): Promise<unknown> {
    return made;
  },
};

export const window = {
  visibleTextEditors: [] as unknown[],
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
  async showInformationMessage(message: string): Promise<void> {
    window.said.push(message);
  },
  async showWarningMessage(message: string): Promise<void> {
    window.said.push(message);
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
  /** Only the comparison of two documents. */
  async executeCommand(_name: string, original: Uri, modified: Uri): Promise<void> {
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

export const StatusBarAlignment = { Left: 1 };
export const ViewColumn = { Beside: -2 };

export class WorkspaceEdit {
  readonly entries: unknown[] = [];

  set(...entry: unknown[]): void {
    this.entries.push(entry);
  }
}
