import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { rows } from "../src/jobs";
import type { Status } from "../src/status";
import { commands } from "./stubs/vscode";

const STATUS: Status = {
  engine: {
    state: "ready",
    model: "llama3.1:8b",
    locality: "local",
    short: "llama3.1:8b, local",
    sentence: "Ollama at http://127.0.0.1:11434, on this machine.",
  },
  jobs: ["critique-1", "draft-2"].map((jobId) => ({
    jobId,
    kind: jobId.slice(0, -2),
    name: `${jobId.slice(0, -2)} of $(bug).md`,
    line: "reading 3/24",
    done: 3,
    total: 24,
  })),
};

beforeEach(() => {
  commands.run = [];
});

function scene(status: Status | undefined) {
  const sent: unknown[] = [];
  const client = {
    sendRequest: async (_: unknown, { command, arguments: given }: { command: string; arguments: unknown[] }) =>
      sent.push([command, ...given]),
  };
  const listed = rows(status ? "running" : "stopped", status, { running: () => client as never });
  const row = (words: string) => listed.find((one) => one.label.includes(words));
  return { listed, row, sent };
}

test("each job is cancelled by its own row, and all of them by another", async () => {
  const { row, sent } = scene(STATUS);
  await row("Cancel critique")?.run?.();
  await row("Cancel draft")?.run?.();
  await row("Cancel all")?.run?.();
  assert.deepEqual(sent, [
    ["copydesk.cancel", { jobId: "critique-1" }],
    ["copydesk.cancel", { jobId: "draft-2" }],
    ["copydesk.cancel", {}],
  ]);
});

test("R28: the name of a file is no icon", () => {
  assert.equal(scene(STATUS).row("Cancel critique")?.label, "$(stop-circle) Cancel critique of $ (bug).md");
});

test("without jobs nothing can be cancelled, and one job needs no row for all", () => {
  assert.ok(scene({ ...STATUS, jobs: [] }).row("Nothing is running"));
  assert.equal(scene({ ...STATUS, jobs: STATUS.jobs.slice(1) }).row("Cancel all"), undefined);
});

test("who answers is named, and without a server its log", () => {
  assert.ok(scene(STATUS).row("llama3.1:8b"));
  scene(undefined).row("not running")?.run?.();
  assert.deepEqual(commands.run, ["copydesk.showLog"]);
});
