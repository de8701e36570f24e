import assert from "node:assert/strict";
import { test } from "node:test";
import type { ApplyWorkspaceEditParams, LanguageClient } from "vscode-languageclient/node";
import { applyEdit } from "../src/edits";
import { window, workspace } from "./stubs/vscode";

const POST = "file:///post.md";
const LINES = ["One 🏺 two.", "Three.", ""];

/** Return a part of an edit; characters are UTF-16 units. */
function part(line: number, character: number, lastLine: number, lastCharacter: number, newText: unknown = "better") {
  return { range: { start: { line, character }, end: { line: lastLine, character: lastCharacter } }, newText };
}

const change = (...edits: unknown[]) => ({ textDocument: { uri: POST, version: 3 }, edits });
const CHANGE = change(part(0, 0, 0, 3));

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
  const document = {
    uri: { toString: () => POST },
    version,
    lineCount: LINES.length,
    lineAt: (line: number) => ({ text: LINES[line] }),
  };
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
  assert.equal(answer.applied, answer.failureReason === undefined);
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

const MISFITS: [string, unknown[]][] = [
  ["overlapping", [part(0, 0, 0, 3), part(0, 2, 0, 4)]],
  ["one within the other", [part(0, 0, 1, 3), part(0, 1, 0, 2)]],
  ["not in order", [part(1, 0, 1, 1), part(0, 0, 0, 1)]],
  ["ending before it begins", [part(0, 3, 0, 1)]],
  ["past the end", [part(2, 0, 2, 1)]],
  ["far past the end", [part(999, 0, 999, 3)]],
  ["past the end of a line", [part(1, 6, 1, 7)]],
  ["before the beginning", [part(0, -1, 0, 1)]],
  ["above the beginning", [part(-1, 0, 0, 1)]],
  ["between two characters", [part(0, 0.5, 0, 1)]],
  ["inside a surrogate pair", [part(0, 5, 0, 6)]],
  ["the second outside", [part(0, 0, 0, 1), part(1, 0, 7, 0)]],
  ["without words", [part(0, 0, 0, 1, null)]],
  ["a snippet", [{ ...part(0, 0, 0, 1), newText: undefined, snippet: { kind: "snippet", value: "$1" } }]],
];

for (const [name, edits] of MISFITS) {
  test(`R4: ${name} is refused with a reason`, async () => {
    for (const editor of [true, undefined]) {
      const scene = editor === undefined ? { version: 3 } : { version: 3, editor };
      assert.deepEqual(await play({ ...scene, edit: { documentChanges: [change(...edits)] } }), {
        applied: false,
        made: 0,
      });
    }
  });
}

test("R4: what touches, reaches to the very end and leaves pairs whole is applied", async () => {
  const edits = [part(0, 0, 0, 0), part(0, 0, 0, 4), part(0, 4, 0, 6), part(1, 6, 2, 0), part(2, 0, 2, 0)];
  assert.deepEqual(await play({ version: 3, editor: true, edit: { documentChanges: [change(...edits)] } }), {
    applied: true,
    made: 5,
  });
});
