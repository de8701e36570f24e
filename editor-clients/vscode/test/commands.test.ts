import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { ExtensionContext, LogOutputChannel } from "vscode";
import { registerCommands } from "../src/commands";
import { NoteRow } from "../src/findings";
import type { Session } from "../src/session";
import { commands, Uri, window, workspace } from "./stubs/vscode";

const POST = "file:///work/post.md";
const RANGE = { start: { line: 0, character: 0 }, end: { line: 0, character: 4 } };
const NOTE = {
  noteId: "n",
  code: "CD103",
  title: "factual-error",
  severity: 2,
  message: "",
  about: "",
  range: RANGE,
  rewrite: "Better.",
  actions: [{ title: "Accept", command: "copydesk.applyNote", arguments: [{ noteId: "n" }] }],
};

beforeEach(() => {
  commands.known.clear();
  commands.run = [];
  window.said = [];
  window.shown = [];
  window.answer = undefined;
  workspace.isTrusted = true;
  window.activeTextEditor = { document: { languageId: "markdown", uri: Uri.parse(POST) }, selection: RANGE };
});

function scene() {
  const sent: [string, ...unknown[]][] = [];
  const client = {
    code2ProtocolConverter: { asUri: (uri: unknown) => `${uri}`, asRange: (range: unknown) => range },
    sendRequest: async (_: unknown, { command, arguments: given }: { command: string; arguments: unknown[] }) => {
      sent.push([command, ...given]);
      return {};
    },
  };
  const drafts = {
    middleware: (command: string, given: unknown[], next: (...all: unknown[]) => unknown) => next(command, given),
  };
  const session = { running: () => client, drafts, restart: async () => undefined };
  registerCommands(
    {} as ExtensionContext,
    session as unknown as Session,
    { show: () => undefined } as LogOutputChannel,
  );
  const run = (name: string, ...given: unknown[]) => commands.known.get(`copydesk.${name}`)?.(...given);
  return { run, sent };
}

const JUNK: unknown[] = [null, 5, "x", {}, [], { uri: POST, note: NOTE }, { noteId: "n", scope: "project" }];

for (const name of ["note.open", "note.accept", "note.rewrite", "note.dismiss", "note.more"]) {
  test(`R75: ${name} takes only rows that the view made`, async () => {
    const { run, sent } = scene();
    for (const junk of JUNK) await run(name, junk);
    assert.deepEqual([sent, window.shown, window.said], [[], [], []]);
  });
}

test("R75: commands of the palette pass on nothing that they are given", async () => {
  const { run, sent } = scene();
  for (const name of ["critique", "research", "researchAll", "researchDocument", "draft", "cancelAll"]) {
    await run(name, { uri: "file:///etc/passwd", jobId: "x" }, "more");
  }
  assert.equal(sent.length, 6);
  assert.ok(!JSON.stringify(sent).includes("passwd"));
});

test("R75: nothing is installed before the writer agrees, nor in a workspace that is not trusted", async () => {
  const { run } = scene();
  await run("install", { agreed: true });
  assert.deepEqual(window.said, ["Install copydesk into a private environment?"]);
  workspace.isTrusted = false;
  window.answer = "Install";
  await run("install");
  assert.deepEqual(window.said[1], "copydesk starts nothing until you trust the workspace.");
});

test("a row's button does what the server offers", async () => {
  const { run, sent } = scene();
  await run("note.accept", new NoteRow(POST, NOTE));
  await run("note.dismiss", new NoteRow(POST, NOTE));
  assert.deepEqual(sent, [["copydesk.applyNote", { noteId: "n" }]]);
});

test("outside of prose nothing is sent", async () => {
  const { run, sent } = scene();
  window.activeTextEditor = { document: { languageId: "markdown", uri: Uri.parse("copydesk-draft:/x") } };
  await run("critique");
  assert.deepEqual([sent, window.said], [[], ["Open a document of prose to have it critiqued."]]);
});
