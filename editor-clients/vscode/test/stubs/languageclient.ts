export const TextDocumentEdit = {
  is: (change: object): boolean => "textDocument" in change && "edits" in change,
};

export const ExecuteCommandRequest = { type: "workspace/executeCommand" };

export class NotificationType<_T> {
  constructor(readonly method: string) {}
}

export class ResponseError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message);
  }
}
