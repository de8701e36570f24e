import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  actionOf,
  Findings,
  jump,
  type ListedNote,
  type ListedSection,
  NoteRow,
  SectionRow,
  sectionRows,
} from "../src/findings";
import type { Session } from "../src/session";
import { EventEmitter, languages, Uri, window } from "./stubs/vscode";

const POST = "file:///work/post.md";
const RANGE = { start: { line: 4, character: 2 }, end: { line: 5, character: 8 } };
const act = (command: string, more: object = {}) => ({
  title: command,
  command: `copydesk.${command}`,
  arguments: [{ noteId: "n", ...more }],
});
const NOTE: ListedNote = {
  noteId: "n",
  code: "CD103",
  title: "factual-error",
  severity: 2,
  message: "It may be wrong.",
  about: "Mount Everest\nis in Africa.",
  range: RANGE,
  rewrite: null,
  actions: [
    act("rewriteNote"),
    act("explainNote"),
    act("dismissNote", { scope: "note" }),
    act("dismissNote", { scope: "project" }),
  ],
};
const SECTION: ListedSection = { path: ["Kilns", "Clay"], range: RANGE, notes: [NOTE] };

beforeEach(() => {
  window.shown = [];
  languages.told = [];
  window.activeTextEditor = { document: { languageId: "markdown", uri: Uri.parse(POST) } };
});

function scene(answers: ListedSection[][]) {
  const asked: unknown[] = [];
  const changed = new EventEmitter<void>();
  const client = {
    code2ProtocolConverter: { asUri: () => POST },
    sendRequest: async (_: unknown, params: unknown) => {
      asked.push(params);
      return { sections: answers.length > 1 ? answers.shift() : answers[0] };
    },
  };
  const session = { state: "running", status: { jobs: [] as { jobId: string }[] }, client, onDidChange: changed.event };
  const findings = new Findings(session as unknown as Session);
  let fired = 0;
  (findings.onDidChangeTreeData as (listener: () => void) => void)(() => {
    fired += 1;
  });
  return { asked, changed, findings, fired: () => fired, session };
}

const settled = () => new Promise((done) => setImmediate(done));

test("sections hold their notes, as the server lists them", async () => {
  const { asked, findings } = scene([[SECTION]]);
  await settled();
  assert.deepEqual(asked, [{ command: "copydesk.notes", arguments: [{ uri: POST }] }]);
  const [section] = findings.getChildren();
  assert.ok(section instanceof SectionRow);
  const item = findings.getTreeItem(section);
  assert.deepEqual([item.label, item.description], ["Clay", "1"]);
  const [note] = findings.getChildren(section);
  assert.ok(note instanceof NoteRow);
  const row = findings.getTreeItem(note);
  assert.deepEqual(
    [row.label, row.description, row.contextValue],
    ["Factual error", "Mount Everest is in Africa.", "note rewrite dismiss"],
  );
});

test("a row with a rewrite shows it, and can be accepted", () => {
  const { findings } = scene([[]]);
  const ready = { ...NOTE, rewrite: "It is in Nepal.", actions: [act("applyNote"), ...NOTE.actions] };
  const item = findings.getTreeItem(new NoteRow(POST, ready));
  assert.equal(item.description, "rewrite ready: It is in Nepal.");
  assert.equal(item.contextValue, "note accept rewrite dismiss");
  const gone = findings.getTreeItem(new NoteRow(POST, { ...ready, rewrite: "" }));
  assert.equal(gone.description, "rewrite ready: remove it");
});

test("buttons stand for what the server offers of that kind", () => {
  const draft = { ...NOTE, actions: [act("applyNote", { paragraphs: [1] }), act("discardDraft")] };
  assert.equal(actionOf(draft, "accept"), undefined);
  assert.equal(actionOf(draft, "dismiss"), undefined);
  assert.deepEqual(actionOf(NOTE, "dismiss")?.arguments, [{ noteId: "n", scope: "note" }]);
});

test("the list follows the document's notes and the end of a job, and is drawn anew only where it differs", async () => {
  const { asked, changed, findings, fired, session } = scene([[SECTION], [SECTION], [], []]);
  await settled();
  assert.equal(fired(), 1);
  languages.told[0]?.({ uris: [Uri.parse("file:///work/other.md")] });
  await settled();
  assert.equal(asked.length, 1);
  languages.told[0]?.({ uris: [Uri.parse(POST)] });
  await settled();
  assert.deepEqual([asked.length, fired()], [2, 1]);
  session.status.jobs = [{ jobId: "rewrite-1" }];
  changed.fire();
  await settled();
  assert.deepEqual([asked.length, fired(), findings.getChildren().length], [3, 2, 0]);
  changed.fire();
  await settled();
  assert.equal(asked.length, 3);
});

test("without a server there are no findings", async () => {
  const { findings, session } = scene([[SECTION]]);
  session.state = "stopped";
  await findings.refresh();
  assert.deepEqual(findings.getChildren(), []);
});

test("rows keep their names while text above them moves, and are told apart", () => {
  const again = { ...SECTION, range: { ...RANGE, start: { line: 40, character: 0 } } };
  const { findings } = scene([[]]);
  const names = (sections: ListedSection[]) => sectionRows(POST, sections).map((row) => findings.getTreeItem(row).id);
  assert.equal(new Set(names([SECTION, again])).size, 2);
  assert.deepEqual(names([SECTION]), names([again]));
});

test("a row leads to its words", async () => {
  await jump(new NoteRow(POST, NOTE));
  assert.equal(`${window.shown[0]}`, `${Uri.parse(POST)}`);
});
