import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { environmentFolder, findPackage, makeEnvironment, privatePython, suitablePython } from "../src/environment";

const fresh = () => mkdtempSync(join(tmpdir(), "copydesk-"));
const CONTENTS = { wheel: "/vsix/program/copydesk-0.2.0-py3-none-any.whl", lock: "/vsix/program/run.txt" };

async function make(storage: string, failing?: number) {
  const steps: string[][] = [];
  const where = { storage, version: "0.2.0", platform: "linux" };
  const made = makeEnvironment("/usr/bin/python3", CONTENTS, where, async (program, args) => {
    steps.push([program, ...args]);
    if (steps.length === 1) mkdirSync(environmentFolder(storage, "0.2.0"));
    if (steps.length === failing) throw new Error("no");
  });
  return { made, steps };
}

test("R65: the environment holds what the lock names, by hash, and the wheel of the extension", async () => {
  const storage = fresh();
  const own = join(storage, "environment-0.2.0", "bin", "python");
  const pip = [own, "-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps"];
  const { made, steps } = await make(storage);
  await made;
  assert.deepEqual(steps, [
    ["/usr/bin/python3", "-I", "-m", "venv", join(storage, "environment-0.2.0")],
    [...pip, "--require-hashes", "--only-binary", ":all:", "-r", CONTENTS.lock],
    [...pip, "--no-index", CONTENTS.wheel],
  ]);
  assert.equal(await privatePython(storage, "0.2.0", "linux"), own);
});

for (const failing of [1, 2, 3]) {
  test(`an installation that ended at step ${failing} counts for nothing and leaves nothing`, async () => {
    const storage = fresh();
    const { made } = await make(storage, failing);
    await assert.rejects(made);
    assert.equal(await privatePython(storage, "0.2.0", "linux"), undefined);
    assert.deepEqual(readdirSync(storage), []);
  });
}

test("a new version has its own environment, and the old one goes once that is there", async () => {
  const storage = fresh();
  mkdirSync(join(storage, "environment-0.1.0"));
  writeFileSync(join(storage, "environment-0.1.0", "installed"), "");
  assert.ok(await privatePython(storage, "0.1.0", "linux"));
  assert.equal(await privatePython(storage, "0.2.0", "linux"), undefined);
  const { made } = await make(storage);
  await made;
  assert.ok(!existsSync(join(storage, "environment-0.1.0")));
});

test("an extension packaged without wheel or lock has nothing to install", async () => {
  const extension = fresh();
  assert.equal(await findPackage(extension), undefined);
  mkdirSync(join(extension, "program"));
  writeFileSync(join(extension, "program", "copydesk-0.2.0-py3-none-any.whl"), "");
  assert.equal(await findPackage(extension), undefined);
  writeFileSync(join(extension, "program", "run.txt"), "");
  assert.equal((await findPackage(extension))?.lock, join(extension, "program", "run.txt"));
});

function python(says: string): string {
  const path = join(fresh(), "python3");
  writeFileSync(path, `#!/bin/sh\n${says}\n`);
  chmodSync(path, 0o755);
  return path;
}

test("a Python counts by what it says, not by its name", { skip: process.platform === "win32" }, async () => {
  const [old, broken, good] = [python("echo 3 10"), python("exit 9"), python("echo 3 13")];
  assert.equal(await suitablePython([old, broken, "/nowhere/python3", good]), good);
  assert.equal(await suitablePython([old, python("echo nonsense"), python("echo 2 99")]), undefined);
});
