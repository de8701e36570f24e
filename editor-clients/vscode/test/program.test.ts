import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { findLaunch, findProgram, isolated } from "../src/program";

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

const HOME = mkdtempSync(join(tmpdir(), "copydesk-home-"));
const STORAGE = mkdtempSync(join(tmpdir(), "copydesk-storage-"));
const look = (command: string, searchPath = "/nowhere", storage = STORAGE) =>
  findLaunch({ command, searchPath, platform: "linux", storage, version: "0.2.0" });

function installed(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, "");
  chmodSync(path, 0o755);
  return path;
}

test("the program is looked for by setting, on the path, where pipx puts it, then in the private environment", async () => {
  const before = process.env.HOME;
  process.env.HOME = HOME;
  try {
    assert.equal(await look("copydesk"), undefined);
    const python = installed(join(STORAGE, "environment-0.2.0", "bin", "python"));
    assert.equal(await look("copydesk"), undefined, "an environment that was not finished was used");
    writeFileSync(join(STORAGE, "environment-0.2.0", "installed"), "");
    const own = { program: python, args: ["-I", "-m", "copydesk", "serve"] };
    assert.deepEqual(await look("copydesk"), own);
    assert.equal(await look(join(folder, "missing")), undefined, "a program that was named was replaced");
    const piped = installed(join(HOME, ".local", "bin", "copydesk"));
    assert.deepEqual(await look("copydesk"), { program: piped, args: ["serve"] });
    assert.deepEqual(await look("copydesk", folder), { program, args: ["serve"] });
    assert.deepEqual(await look(program), { program, args: ["serve"] });
  } finally {
    process.env.HOME = before;
  }
});

test("R26: no variable may lend the program other modules, or otherwise change what Python does", () => {
  const given = {
    PATH: "/bin",
    HOME: "/home/writer",
    PYTHONPATH: "/work",
    PYTHONHOME: "/work",
    PYTHONSTARTUP: "/work/evil.py",
    PYTHONUSERBASE: "/work",
    PYTHONPLATLIBDIR: "work",
    PYTHONPYCACHEPREFIX: "/work",
    PYTHONBREAKPOINT: "evil.run",
    PYTHONWARNINGS: "error::evil.Warning",
    PYTHONINSPECT: "1",
    PYTHONSAFEPATH: "",
    PythonPath: "/work",
  };
  assert.deepEqual(isolated(given), { PATH: "/bin", HOME: "/home/writer", PYTHONSAFEPATH: "1" });
});
