import assert from "node:assert/strict";
import { test } from "node:test";
import { type Engine, type Job, StatusItem, statusLine } from "../src/status";
import { window } from "./stubs/vscode";

const READY: Engine = {
  state: "ready",
  model: "llama3.1:8b",
  locality: "local",
  short: "llama3.1:8b, local",
  sentence: "Ollama at http://127.0.0.1:11434, on this machine.",
};
const JOB: Job = {
  jobId: "critique-1",
  kind: "critique",
  name: "critique of my post.md",
  line: "reading 3/24",
  done: 3,
  total: 24,
};
const UNKNOWN: Engine = { ...READY, state: "unknown", locality: null, short: "llama3.1:8b", sentence: "Not yet." };
const REMOTE: Engine = { ...READY, locality: "remote", short: "far, remote", sentence: "Your text is sent there." };
const FAILED: Engine = { ...UNKNOWN, state: "failed", short: "no engine", sentence: "Start it." };

const LINES: [string, Engine, Job[], string, boolean][] = [
  ["idle", READY, [], "$(edit) copydesk: llama3.1:8b, local", false],
  ["another machine", REMOTE, [], "$(cloud) copydesk: far, remote", false],
  ["not asked yet", UNKNOWN, [], "$(edit) copydesk: llama3.1:8b", false],
  ["not asked yet, no model named", { ...UNKNOWN, short: "" }, [], "$(edit) copydesk", false],
  ["no engine", FAILED, [], "$(warning) copydesk: no engine", true],
  ["no model wanted", { ...UNKNOWN, state: "off", short: "rules only" }, [], "$(edit) copydesk: rules only", false],
  ["nothing is sent", { ...REMOTE, state: "off", short: "rules only" }, [], "$(edit) copydesk: rules only", false],
  ["one job", READY, [JOB], "$(sync~spin) copydesk: critique 3/24", false],
  ["one job without an end", READY, [{ ...JOB, total: 0 }], "$(sync~spin) copydesk: critique", false],
  ["more jobs", READY, [JOB, JOB], "$(sync~spin) copydesk: 2 jobs", false],
  [
    "R28: a model's name is no icon",
    { ...READY, short: "$(bug)x, local" },
    [],
    "$(edit) copydesk: $ (bug)x, local",
    false,
  ],
];

for (const [name, engine, jobs, text, warn] of LINES) {
  test(`the status bar says: ${name}`, () => {
    const line = statusLine("running", { engine, jobs });
    assert.deepEqual([line.text, line.warn], [text, warn]);
  });
}

test("the tooltip says where text goes, and what runs", () => {
  const { tooltip } = statusLine("running", { engine: REMOTE, jobs: [JOB] });
  assert.match(tooltip, /^Your text is sent there\.\nModel: llama3\.1:8b\n/);
  assert.match(tooltip, /Running: critique of my post\.md, reading 3\/24/);
  assert.match(statusLine("running", { engine: FAILED, jobs: [] }).tooltip, /^Start it\./);
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

test("a click on the status bar shows the jobs", () => {
  new StatusItem().show("running", { engine: READY, jobs: [] });
  assert.equal((window.status as { command?: string }).command, "copydesk.showJobs");
  assert.ok(window.status.visible);
});
