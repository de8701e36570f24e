import assert from "node:assert/strict";
import { test } from "node:test";
import { type Engine, type Job, jobName, StatusItem, statusLine } from "../src/status";
import { window } from "./stubs/vscode";

const READY: Engine = {
  state: "ready",
  kind: "ollama",
  model: "llama3.1:8b",
  locality: "local",
  host: "http://127.0.0.1:11434",
  problem: null,
};
const JOB: Job = {
  jobId: "critique-1",
  command: "copydesk.critiqueDocument",
  uri: "file:///work/my%20post.md",
  label: "reading",
  done: 3,
  total: 24,
};
const UNKNOWN: Engine = { ...READY, state: "unknown", kind: "auto", locality: null, host: null };

const LINES: [string, Engine, Job[], string, boolean][] = [
  ["idle", READY, [], "$(edit) copydesk: llama3.1:8b, local", false],
  ["another machine", { ...READY, locality: "remote" }, [], "$(cloud) copydesk: llama3.1:8b, remote", false],
  ["not asked yet", UNKNOWN, [], "$(edit) copydesk: llama3.1:8b", false],
  ["not asked yet, no model named", { ...UNKNOWN, model: null }, [], "$(edit) copydesk", false],
  ["no engine", { ...UNKNOWN, state: "failed", problem: "Start it." }, [], "$(warning) copydesk: no engine", true],
  ["no model wanted", { ...UNKNOWN, state: "off" }, [], "$(edit) copydesk: rules only", false],
  ["one job", READY, [JOB], "$(sync~spin) copydesk: critique 3/24", false],
  ["one job without an end", READY, [{ ...JOB, total: 0 }], "$(sync~spin) copydesk: critique", false],
  ["more jobs", READY, [JOB, JOB], "$(sync~spin) copydesk: 2 jobs", false],
  ["R28: a model's name is no icon", { ...READY, model: "$(bug)x" }, [], "$(edit) copydesk: $ (bug)x, local", false],
];

for (const [name, engine, jobs, text, warn] of LINES) {
  test(`the status bar says: ${name}`, () => {
    const line = statusLine("running", { engine, jobs });
    assert.deepEqual([line.text, line.warn], [text, warn]);
  });
}

test("the tooltip says where text goes, and what runs", () => {
  const { tooltip } = statusLine("running", { engine: { ...READY, locality: "remote" }, jobs: [JOB] });
  assert.match(tooltip, /on another machine: your text is sent there/);
  assert.match(tooltip, /Running: critique of my post\.md, reading 3\/24/);
  assert.match(
    statusLine("running", { engine: { ...UNKNOWN, state: "failed", problem: "Start it." }, jobs: [] }).tooltip,
    /Start it\./,
  );
});

for (const [state, words] of [
  ["untrusted", /once you trust the workspace/],
  ["missing", /not found/],
  ["stopped", /not running/],
  ["starting", /starting/],
  ["running", /starting/],
] as const) {
  test(`without a server that answers the status bar says so: ${state}`, () => {
    assert.match(statusLine(state, undefined).tooltip, words);
  });
}

for (const [command, name] of [
  ["copydesk.researchClaim", "research of my post.md"],
  ["copydesk.rewriteNote", "rewrite of my post.md"],
  ["copydesk.draftSection", "draft of my post.md"],
  ["copydesk.other", "work of my post.md"],
] as const) {
  test(`jobs are named for people: ${command}`, () => assert.equal(jobName({ ...JOB, command }), name));
}

test("an address that is none is shown as it is", () => {
  assert.equal(jobName({ ...JOB, uri: "file:///%zz.md" }), "critique of %zz.md");
});

test("a click on the status bar shows the jobs", () => {
  new StatusItem().show("running", { engine: READY, jobs: [] });
  assert.equal((window.status as { command?: string }).command, "copydesk.showJobs");
  assert.ok(window.status.visible);
});
