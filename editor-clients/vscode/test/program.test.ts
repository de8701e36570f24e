import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { findProgram } from "../src/program";

const folder = mkdtempSync(join(tmpdir(), "copydesk-"));
const program = join(folder, "copydesk");
writeFileSync(program, "");
chmodSync(program, 0o755);
writeFileSync(join(folder, "copydesk.exe"), "");
chmodSync(join(folder, "copydesk.exe"), 0o755);
writeFileSync(join(folder, "plain"), "");
chmodSync(join(folder, "plain"), 0o644);
mkdirSync(join(folder, "directory"));
process.chdir(folder);

const CASES: [string, string, string, string, string | undefined][] = [
  ["a name on the path", "copydesk", `/nowhere${delimiter}${folder}`, "linux", program],
  ["a name on Windows", "copydesk", folder, "win32", join(folder, "copydesk.exe")],
  ["a whole path", program, "", "linux", program],
  ["a name elsewhere", "copydesk", "/nowhere", "linux", undefined],
  ["R26: a relative path", "./copydesk", folder, "linux", undefined],
  ["R26: a relative folder on the path", "copydesk", `.${delimiter}${delimiter}`, "linux", undefined],
  ["a file that is no program", "plain", folder, "linux", undefined],
  ["a directory", "directory", folder, "linux", undefined],
  ["nothing", "", folder, "linux", undefined],
];

for (const [name, command, path, platform, expected] of CASES) {
  test(name, async () => {
    assert.equal(await findProgram(command, path, platform), expected);
  });
}
