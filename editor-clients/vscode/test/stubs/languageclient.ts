export const TextDocumentEdit = {
  is: (change: object): boolean => "textDocument" in change && "edits" in change,
};
