import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { LanguageClient } from "vscode-languageclient/node";
import { askingBefore, CLEAR, clear } from "../src/clear";
import { commands, window } from "./stubs/vscode";

const DRAFTS = { name: "drafts", holds: "Drafts", lost: "They are gone.", files: 2, size: 2500, personal: true };
const LEDGER = { name: "ledger", holds: "Ledger", lost: "It is gone.", files: 1, size: 3e6, personal: true };
const EMPTY = { ...DRAFTS, name: "sources", files: 0 };

beforeEach(() => {
  window.said = [];
  window.answer = undefined;
  window.pick = () => undefined;
  commands.run = [];
  logged.length = 0;
});

const logged: string[] = [];
const log = { warn: (line: string) => void logged.push(line) };

function scene(problems: string[] = [], kinds = [DRAFTS, LEDGER, EMPTY]) {
  const sent: { what?: string[]; confirmed?: boolean }[] = [];
  const client = {
    sendRequest: async (_: unknown, { command, arguments: [given] }: { command: string; arguments: [object] }) => {
      assert.equal(command, CLEAR);
      sent.push(given);
      if (problems.length > 0 && "confirmed" in given) window.answer = "Show Log";
      return { kinds, removed: ["drafts"], problems };
    },
  } as unknown as LanguageClient;
  return { session: { running: () => client }, sent };
}

test("what is kept is offered with its size, and removed once the writer has agreed", async () => {
  const { session, sent } = scene();
  let offered: unknown[] = [];
  window.pick = (items) => {
    offered = items;
    return items.slice(0, 1);
  };
  window.answer = "Remove";
  await clear(session, log);
  assert.deepEqual(offered, [
    { label: "drafts", description: "2 files, 3 kB", detail: "Drafts", kept: DRAFTS },
    { label: "ledger", description: "1 file, 3 MB", detail: "Ledger", kept: LEDGER },
  ]);
  assert.deepEqual(sent, [{}, { what: ["drafts"], confirmed: true }]);
  assert.deepEqual(window.said, ["Remove drafts for good?", "copydesk removed drafts."]);
});

test("R75: nothing is removed without a choice, nor without a yes", async () => {
  const { session, sent } = scene();
  window.answer = "Remove";
  await clear(session, log);
  window.pick = () => [];
  await clear(session, log);
  window.pick = (items) => items;
  window.answer = undefined;
  await clear(session, log);
  assert.deepEqual(sent, [{}, {}, {}]);
});

test("R75: a link that would clear without asking makes the writer be asked", async () => {
  const { session, sent } = scene();
  const run: string[] = [];
  const middleware = askingBefore(session, log, (command) => run.push(command));
  const next = () => assert.fail("it went through");
  await middleware(CLEAR, [{ what: ["drafts"], confirmed: true }], next);
  await middleware("copydesk.jobs", [], next);
  assert.deepEqual([sent, run], [[{}], ["copydesk.jobs"]]);
});

test("R28: what stays is told of in our own words, and why it stays in the log, which can be shown", async () => {
  const { session } = scene(["[a](command:evil)", "b is in use"]);
  window.pick = (items) => items;
  window.answer = "Remove";
  await clear(session, log);
  assert.equal(window.said.at(-1), "copydesk could not remove all of it. Its log says why.");
  assert.deepEqual(logged, ["could not be removed: [a](command:evil)", "could not be removed: b is in use"]);
  assert.deepEqual(commands.run, ["copydesk.showLog"]);
});

test("where nothing is kept there is nothing to choose", async () => {
  const { session } = scene([], [EMPTY]);
  await clear(session, log);
  assert.deepEqual(window.said, ["copydesk keeps nothing of yours."]);
});
