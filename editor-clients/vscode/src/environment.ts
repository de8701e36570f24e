import { execFile } from "node:child_process";
import { promises as fs } from "node:fs";
import { join } from "node:path";

const PYTHON = [3, 11] as const;
const QUESTION_MILLISECONDS = 10_000;
const READY = "installed";

/** Why there is no private environment; the message is for the writer. */
export class CannotInstall extends Error {}

/** What is installed: the program's own wheel, and the list of all it needs, each file with its hash. */
export interface Package {
  wheel: string;
  lock: string;
}

/** Runs one step; output goes to `log`. */
export type Run = (program: string, args: string[]) => Promise<void>;

/** Return the folder of the private environment of a version. */
export function environmentFolder(storage: string, version: string): string {
  return join(storage, `environment-${version}`);
}

/** Return the Python of the private environment, if it was installed to its end. */
export async function privatePython(storage: string, version: string, platform: string): Promise<string | undefined> {
  const folder = environmentFolder(storage, version);
  return (await exists(join(folder, READY))) ? pythonIn(folder, platform) : undefined;
}

/** Return the wheel and the lock that the extension was packaged with. */
export async function findPackage(extension: string): Promise<Package | undefined> {
  const folder = join(extension, "program");
  const names = await fs.readdir(folder).catch(() => [] as string[]);
  const wheel = names.find((name) => /^copydesk-.*\.whl$/.test(name));
  return wheel && names.includes("run.txt") ? { wheel: join(folder, wheel), lock: join(folder, "run.txt") } : undefined;
}

/**
 * Make the private environment: a virtual environment, what the lock names with the hashes that it names, and the wheel
 * that came with the extension. It counts only once all of that is done.
 */
export async function makeEnvironment(
  python: string,
  { wheel, lock }: Package,
  where: { storage: string; version: string; platform: string },
  run: Run,
): Promise<void> {
  const folder = environmentFolder(where.storage, where.version);
  await fs.rm(folder, { recursive: true, force: true });
  await fs.mkdir(where.storage, { recursive: true });
  const own = pythonIn(folder, where.platform);
  const install = ["-I", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-deps"];
  try {
    await run(python, ["-I", "-m", "venv", folder]);
    await run(own, [...install, "--require-hashes", "--only-binary", ":all:", "-r", lock]);
    await run(own, [...install, "--no-index", wheel]);
    await fs.writeFile(join(folder, READY), "");
  } catch (error) {
    await fs.rm(folder, { recursive: true, force: true }).catch(() => undefined);
    throw error;
  }
  await removeOthers(where.storage, folder);
}

/** Return the first of some programs that is a Python new enough; a step of its own, since a name alone says nothing. */
export async function suitablePython(candidates: string[]): Promise<string | undefined> {
  for (const candidate of candidates) {
    const [major = 0, minor = 0] = await pythonVersion(candidate);
    if (major === PYTHON[0] && minor >= PYTHON[1]) return candidate;
  }
  return undefined;
}

/** Return the names under which a Python may be found. */
export function pythonNames(platform: string): string[] {
  return platform === "win32"
    ? ["py", "python"]
    : ["python3", "python", ...[14, 13, 12, 11].map((minor) => `python3.${minor}`)];
}

function pythonVersion(program: string): Promise<number[]> {
  return new Promise((answer) => {
    const question = ["-I", "-c", "import sys; print(*sys.version_info[:2])"];
    execFile(program, question, { timeout: QUESTION_MILLISECONDS, windowsHide: true }, (error, output) => {
      answer(error ? [] : output.trim().split(" ").map(Number));
    });
  });
}

function pythonIn(folder: string, platform: string): string {
  return platform === "win32" ? join(folder, "Scripts", "python.exe") : join(folder, "bin", "python");
}

/** Remove the environments of other versions, which nothing uses any more. */
async function removeOthers(storage: string, kept: string): Promise<void> {
  for (const name of await fs.readdir(storage)) {
    const path = join(storage, name);
    if (name.startsWith("environment-") && path !== kept) await fs.rm(path, { recursive: true, force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return fs.access(path).then(
    () => true,
    () => false,
  );
}
