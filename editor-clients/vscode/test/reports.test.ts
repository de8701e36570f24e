import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { type LanguageClient, ResponseError } from "vscode-languageclient/node";
import { Pages } from "../src/preview";
import { REPORTS, showReport } from "../src/reports";
import { Uri, window } from "./stubs/vscode";

beforeEach(() => {
  window.shown = [];
  window.said = [];
});

const asked = (answer: () => unknown) => ({ sendRequest: async () => answer() }) as unknown as LanguageClient;

test("a report is a page that is written anew each time", async () => {
  const pages = new Pages();
  for (const text of ["All is well.", "Nothing answers."]) {
    await showReport(
      asked(() => ({ text })),
      pages,
      "copydesk.doctor",
      {},
    );
    const uri = Uri.from({ scheme: REPORTS, path: "/copydesk: Doctor" });
    assert.equal(pages.provideTextDocumentContent(uri as never), `${text}\n`);
  }
  assert.equal(window.shown.length, 2);
});

test("a refusal is shown in its words", async () => {
  const client = asked(() => {
    throw new ResponseError(0, "Not now.");
  });
  await showReport(client, new Pages(), "copydesk.ledger", {});
  assert.deepEqual([window.said, window.shown], [["Not now."], []]);
});
