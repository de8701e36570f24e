import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { Uri as DocumentUri } from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { showDismissed } from "../src/dismissed";
import { Uri, window } from "./stubs/vscode";

const NOTE = { dismissalId: "1a", title: "CD102 (missing citation): “Studies $(show) much.”", reason: "a joke" };
const PROJECT = { dismissalId: "2b", title: "CD402 (vague hedge): all in this project", reason: null };
const POST = Uri.parse("file:///work/post.md") as unknown as DocumentUri;

beforeEach(() => {
  window.said = [];
  window.pick = () => undefined;
});

function scene(dismissals: object[]) {
  const sent: [string, unknown][] = [];
  const client = {
    code2ProtocolConverter: { asUri: (uri: unknown) => `${uri}` },
    sendRequest: async (_: unknown, { command, arguments: [given] }: { command: string; arguments: [object] }) => {
      sent.push([command, given]);
      return command === "copydesk.dismissals" ? { dismissals } : { restored: true };
    },
  } as unknown as LanguageClient;
  return { session: { running: () => client }, sent };
}

test("what was dismissed is listed, and what is chosen comes back", async () => {
  const { session, sent } = scene([NOTE, PROJECT]);
  let offered: unknown[] = [];
  window.pick = (items) => {
    offered = items;
    return items.slice(1);
  };
  await showDismissed(session, POST);
  assert.deepEqual(offered, [
    { label: "CD102 (missing citation): “Studies $ (show) much.”", detail: "a joke", dismissalId: "1a" },
    { label: PROJECT.title, dismissalId: "2b" },
  ]);
  assert.deepEqual(sent.slice(1), [["copydesk.restoreNote", { uri: `${POST}`, dismissalId: "2b" }]]);
});

test("nothing comes back that was not chosen, and a document without any says so", async () => {
  const { session, sent } = scene([NOTE]);
  await showDismissed(session, POST);
  assert.equal(sent.length, 1);
  await showDismissed(scene([]).session, POST);
  assert.deepEqual(window.said, ["Nothing was dismissed in this document."]);
});
