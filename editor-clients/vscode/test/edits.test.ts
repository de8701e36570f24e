import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApplyWorkspaceEditParams, LanguageClient } from "vscode-languageclient/node";
import { applyEdit } from "../src/edits";
import { window, workspace } from "./stubs/vscode";

const POST = "file:///post.md";
const CHANGE = { textDocument: { uri: POST, version: 3 }, edits: [{ range: {}, newText: "better" }] };

interface Scene {
  /** The version of the document when the edit arrives. */
  version: number;
  /** What happens while the edit is being converted. */
  meanwhile?: (document: { version: number }) => void;
  /** What the editor answers to the edit; without an editor the document is not on the screen. */
  editor?: boolean;
  edit?: object;
}

async function play({ version, meanwhile, editor, edit }: Scene) {
  const document = { uri: { toString: () => POST }, version };
  const made: string[] = [];
  const builder = { replace: (_: unknown, words: string) => made.push(words) };
  workspace.textDocuments = [document];
  workspace.applied = [];
  window.visibleTextEditors =
    editor === undefined
      ? []
      : [
          {
            document,
            edit: async (build: (one: typeof builder) => void) => {
              build(builder);
              return editor;
            },
          },
        ];
  const protocol2CodeConverter = {
    asUri: (uri: string) => ({ toString: () => uri }),
    asTextEdits: async (edits: unknown[]) => {
      meanwhile?.(document);
      return edits;
    },
  };
  const answer = await applyEdit(
    { protocol2CodeConverter } as unknown as LanguageClient,
    { edit: edit ?? { documentChanges: [CHANGE] } } as unknown as ApplyWorkspaceEditParams,
  );
  return { applied: answer.applied, made: made.length + workspace.applied.length };
}

const typing = (document: { version: number }) => {
  document.version += 1;
};

const SCENES: [string, Scene, boolean, number][] = [
  ["the text is the one that was meant", { version: 3, editor: true }, true, 1],
  ["the document is not on the screen", { version: 3 }, true, 1],
  ["the text changed before", { version: 4, editor: true }, false, 0],
  ["the text changes on the way", { version: 3, meanwhile: typing, editor: true }, false, 0],
  ["the text changes on the way, unseen", { version: 3, meanwhile: typing }, false, 0],
  ["the editor finds a newer text", { version: 3, editor: false }, false, 1],
  ["two documents", { version: 3, editor: true, edit: { documentChanges: [CHANGE, CHANGE] } }, false, 0],
  ["no version", { version: 3, editor: true, edit: { changes: { [POST]: CHANGE.edits } } }, false, 0],
  ["a new file", { version: 3, editor: true, edit: { documentChanges: [{ kind: "create", uri: POST }] } }, false, 0],
];

for (const [name, scene, applied, made] of SCENES) {
  test(`R1: ${name}`, async () => {
    assert.deepEqual(await play(scene), { applied, made });
  });
}
