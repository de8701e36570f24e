// As much of the editor's interface as the code under test touches; tests put documents and editors into it.

export const workspace = {
  textDocuments: [] as unknown[],
  applied: [] as WorkspaceEdit[],
  async applyEdit(edit: WorkspaceEdit): Promise<boolean> {
    this.applied.push(edit);
    return true;
  },
};

export const window = { visibleTextEditors: [] as unknown[] };

export class WorkspaceEdit {
  readonly entries: unknown[] = [];

  set(...entry: unknown[]): void {
    this.entries.push(entry);
  }
}
