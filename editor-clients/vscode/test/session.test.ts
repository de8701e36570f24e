import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { ExtensionContext, LogOutputChannel } from "vscode";
import { Session } from "../src/session";
import { CloseAction, LanguageClient } from "./stubs/languageclient";
import { window } from "./stubs/vscode";

const FOLDER = mkdtempSync(join(tmpdir(), "copydesk-session-"));
writeFileSync(join(FOLDER, "copydesk"), "");
chmodSync(join(FOLDER, "copydesk"), 0o755);

/** Start a session, and return the client that it made, its log, and how often that was shown. */
async function started() {
  process.env.PATH = FOLDER;
  process.env.PYTHONUSERBASE = "/work";
  window.said = [];
  window.answer = undefined;
  LanguageClient.made = [];
  const shown: unknown[] = [];
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined, show: () => shown.push(log) };
  const context = {
    globalStorageUri: { fsPath: "/storage" },
    extension: { packageJSON: { version: "0.1.0", contributes: { configuration: { properties: {} } } } },
  };
  await new Session(context as unknown as ExtensionContext, log as unknown as LogOutputChannel).restart();
  const [client, ...others] = LanguageClient.made;
  assert.ok(client && others.length === 0);
  return { client, log, shown };
}

test("R26: the server is started in the extension's own folder, and no variable lends it modules", async () => {
  const { server } = (await started()).client;
  assert.deepEqual(
    [server.command, server.args, server.options.cwd],
    [join(FOLDER, "copydesk"), ["serve"], "/storage"],
  );
  assert.deepEqual(
    Object.entries(server.options.env).filter(([name]) => name.startsWith("PYTHON")),
    [["PYTHONSAFEPATH", "1"]],
  );
});

test("R53: what the server has logged is in the extension's log, and in no message", async () => {
  const { client, log } = await started();
  assert.equal(client.clientOptions.outputChannel, log);
  client.error("request failed (12ab34)", undefined);
  assert.deepEqual(client.logged, [["request failed (12ab34)", undefined, false]]);
  assert.deepEqual(window.said, []);
});

test("R62: a server that ends again and again stays off; the message says where to look, and leads there", async () => {
  const { client, log, shown } = await started();
  const actions: (CloseAction | undefined)[] = [];
  window.answer = "Show Log";
  for (let end = 1; end <= 5; end += 1) {
    actions.push((await client.clientOptions.errorHandler?.closed())?.action);
  }
  assert.deepEqual(actions, [...Array(4).fill(CloseAction.Restart), CloseAction.DoNotRestart]);
  const again = "copydesk ended by itself and is started again. Repeat what was interrupted.";
  const off = "copydesk ended 5 times within 3 minutes, so it stays off. What it said last is in its log.";
  assert.deepEqual(window.said, [...Array(4).fill(again), off]);
  await new Promise(setImmediate);
  assert.deepEqual(shown, [log]);
});
