import { constants, promises as fs } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { privatePython } from "./environment";

export const DEFAULT_COMMAND = "copydesk";

/** How the server is started. */
export interface Launch {
  program: string;
  args: string[];
}

/** Where to look for the program. */
export interface Places {
  /** The setting: a name or a whole path. */
  command: string;
  searchPath: string;
  platform: string;
  /** The extension's own folder, with the private environment if there is one. */
  storage: string;
  version: string;
}

/**
 * Return how to start the server: what the setting names, looked for where pipx puts programs too, since an editor that
 * was started from a desktop may not have that folder on its search path; else the private environment.
 */
export async function findLaunch({ command, searchPath, platform, storage, version }: Places) {
  const folders = [searchPath, join(homedir(), ".local", "bin")].join(delimiter);
  const program = await findProgram(command, folders, platform);
  if (program) return launch(program, "serve");
  if (command !== DEFAULT_COMMAND) return undefined;
  const python = await privatePython(storage, version, platform);
  return python ? launch(python, "-I", "-m", "copydesk", "serve") : undefined;
}

function launch(program: string, ...args: string[]): Launch {
  return { program, args };
}

/**
 * Return an environment for a program in Python: of the variables that Python heeds only our own, so that nothing is
 * imported from where another points or from the current folder. Windows ignores the case of their names.
 */
export function isolated(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(([name]) => !/^PYTHON/i.test(name));
  return { ...Object.fromEntries(others), PYTHONSAFEPATH: "1" };
}

/**
 * Return the file that a command names: an absolute path, one below `~`, or a bare name on the search path. A relative
 * path is none, since it would be looked for in whatever folder happens to be open.
 */
export async function findProgram(command: string, searchPath: string, platform: string): Promise<string | undefined> {
  const expanded = command.startsWith("~/") ? join(homedir(), command.slice(2)) : command;
  const endings = platform === "win32" && !/\.exe$/i.test(expanded) ? [".exe"] : [""];
  const bare = !/[\\/]/.test(expanded);
  const folders = bare ? searchPath.split(delimiter).filter(isAbsolute) : [""];
  if (!expanded || (!bare && !isAbsolute(expanded))) return undefined;
  for (const folder of folders) {
    for (const ending of endings) {
      const candidate = join(folder, expanded + ending);
      if (await isProgram(candidate)) return candidate;
    }
  }
  return undefined;
}

async function isProgram(path: string): Promise<boolean> {
  try {
    await fs.access(path, constants.X_OK);
    return (await fs.stat(path)).isFile();
  } catch {
    return false;
  }
}
