import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { type LanguageClient, ResponseError } from "vscode-languageclient/node";
import { type Draft, Drafts, firstWords, openSource } from "../src/drafts";
import { Pages, Previews } from "../src/preview";
import { commands, env, TabInputTextDiff, type Uri, window } from "./stubs/vscode";

const POST = "file:///work/post.md";
const AT_WORK = { uri: POST, token: "copydesk/draft-1", line: "Draft, round 1: writer writing, 1 source, 17 words" };
const DRAFT: Draft = {
  uri: POST,
  heading: ["Canals", "The Lund canal"],
  range: { start: { line: 5, character: 0 }, end: { line: 6, character: 0 } },
  original: "\n",
  markdown: "\nOne.[^a]\n\nTwo.\n",
  paragraphs: [
    { markdown: "One.[^a]", taken: false },
    { markdown: "Two.", taken: false },
  ],
  sources: [{ title: "Annals", url: "https://annals.example/", retrieved: "2026-05-01T10:00:00Z" }],
};

beforeEach(() => {
  const [group] = window.tabGroups.all;
  if (group) group.tabs = [];
  window.tabGroups.activeTabGroup.activeTab = undefined;
  window.shown = [];
  window.said = [];
  window.answer = undefined;
  env.opened = [];
});

const inputs = () => window.tabGroups.all.flatMap((group) => group.tabs).map((tab) => tab.input);

function scene(answers: (Draft | null)[] = []) {
  const sent: unknown[] = [];
  const client = {
    sendRequest: async (_: unknown, params: { command: string; arguments: unknown[] }) => {
      sent.push([params.command, ...params.arguments]);
      if (params.command !== "copydesk.showDraft") return {};
      const answer = answers.shift();
      if (!answer) throw new ResponseError(0, "There is no such note in an open document.");
      return answer;
    },
  } as unknown as LanguageClient;
  const pages = new Pages();
  const previews = new Previews(pages);
  const drafts = new Drafts(pages, previews, () => client);
  drafts.register();
  const show = (draft: Draft) => drafts.middleware("copydesk.showDraft", [{ noteId: "n" }], async () => draft);
  const press = async (button: string) => await commands.known.get(`copydesk.draft.${button}`)?.();
  const texts = () => {
    const [input] = inputs();
    if (!(input instanceof TabInputTextDiff)) return undefined;
    return [input.original, input.modified].map((uri) => pages.provideTextDocumentContent(uri as never));
  };
  return { drafts, pages, previews, press, sent, show, texts };
}

test("a preview opens once, and is written on where it is", async () => {
  const { pages, previews } = scene();
  await previews.handle(AT_WORK);
  await previews.handle({ uri: POST, token: "copydesk/draft-1", markdown: "\nOne.\n\n" });
  const [uri, ...others] = window.shown as Uri[];
  assert.equal(others.length, 0);
  assert.equal(uri?.path, "/preview/Draft of post.md");
  assert.equal(pages.provideTextDocumentContent(uri as never), "One.\n");
});

test("a preview that was closed stays closed until the next draft", async () => {
  const { previews } = scene();
  await previews.handle(AT_WORK);
  await window.tabGroups.close(window.tabGroups.all.flatMap((group) => group.tabs));
  await previews.handle(AT_WORK);
  assert.equal(window.shown.length, 1);
  previews.ended("copydesk/draft-1");
  await previews.handle({ ...AT_WORK, token: 2 });
  assert.equal(window.shown.length, 2);
});

test("the status bar says who does what until the draft has ended", async () => {
  const { previews } = scene();
  await previews.handle(AT_WORK);
  assert.equal(window.status.text, "$(edit) Draft, round 1: writer writing, 1 source, 17 words");
  assert.ok(window.status.visible);
  previews.ended("copydesk/critique-1");
  assert.ok(window.status.visible);
  previews.ended("copydesk/draft-1");
  assert.ok(!window.status.visible);
});

test("a draft is compared with its section, and its preview makes room", async () => {
  const { previews, show, texts } = scene();
  await previews.handle(AT_WORK);
  previews.ended("copydesk/draft-1");
  await show(DRAFT);
  assert.deepEqual(texts(), ["\n", "One.[^a]\n\nTwo.\n"]);
  assert.equal(inputs().length, 1);
});

test("a draft whose section changed is a document of its own", async () => {
  const { show } = scene();
  await show({ ...DRAFT, range: null });
  assert.deepEqual(window.shown, [{ language: "markdown", content: "One.[^a]\n\nTwo.\n" }]);
  assert.equal(inputs().length, 0);
});

test("paragraphs that are not taken yet can be chosen, and the comparison follows", async () => {
  const [first, second] = DRAFT.paragraphs as [Draft["paragraphs"][0], Draft["paragraphs"][0]];
  const half = { ...DRAFT, original: "\nOne.\n", paragraphs: [{ ...first, taken: true }, second] };
  const { press, sent, show, texts } = scene([half]);
  await show(DRAFT);
  const offered: string[][] = [];
  window.pick = (items) => {
    offered.push(items.map((item) => item.label));
    return items.slice(0, 1);
  };
  await press("acceptParagraphs");
  assert.deepEqual(sent[0], ["copydesk.applyNote", { noteId: "n", paragraphs: [0] }]);
  assert.deepEqual(texts()?.[0], "One.\n");
  await press("acceptParagraphs");
  assert.deepEqual(sent[2], ["copydesk.applyNote", { noteId: "n", paragraphs: [1] }]);
  assert.deepEqual(offered, [["One.", "Two."], ["Two."]]);
});

for (const [button, command] of [
  ["accept", "copydesk.applyNote"],
  ["discard", "copydesk.discardDraft"],
] as const) {
  test(`the comparison closes once nothing is left: ${button}`, async () => {
    const { press, sent, show } = scene([null]);
    await show(DRAFT);
    await press(button);
    assert.deepEqual(sent[0], [command, { noteId: "n" }]);
    assert.equal(inputs().length, 0);
    await press(button);
    assert.equal(sent.length, 2);
  });
}

for (const junk of [null, 5, "n", { scheme: "copydesk-draft", query: "n" }]) {
  test(`R75: a comparison is meant by its own address alone: ${JSON.stringify(junk)}`, async () => {
    const { sent, show } = scene();
    await show(DRAFT);
    await commands.known.get("copydesk.draft.accept")?.(junk);
    assert.deepEqual(sent, []);
  });
}

test("what a code action has accepted is seen in the comparison", async () => {
  const { drafts, show, texts } = scene([{ ...DRAFT, original: "One." }]);
  await show(DRAFT);
  await drafts.middleware("copydesk.applyNote", [{ noteId: "n", paragraphs: [0] }], async () => ({ applied: true }));
  assert.deepEqual(texts()?.[0], "One.\n");
});

for (const url of ["https://annals.example/", "http://annals.example/"]) {
  test(`a web page opens in the browser: ${url}`, async () => {
    await openSource(url);
    assert.equal(env.opened.length, 1);
    assert.equal(window.shown.length, 0);
  });
}

for (const url of ["command:evil", "vscode:extension/evil", "javascript:alert(1)", "data:text/html,x", "ssh://host/"]) {
  test(`nothing else is opened: ${url}`, async () => {
    await openSource(url);
    assert.deepEqual([env.opened, window.shown], [[], []]);
  });
}

test("a file opens in the editor", async () => {
  await openSource("file:///work/sources/annals.md");
  assert.deepEqual(env.opened, []);
  assert.equal(window.shown.length, 1);
});

test("paragraphs are named by their first words, without citations", () => {
  assert.equal(firstWords("One.[^a] Two."), "One. Two.");
  assert.equal(firstWords(`${"word ".repeat(30)}`), `${"word ".repeat(14).trim()} …`);
});
