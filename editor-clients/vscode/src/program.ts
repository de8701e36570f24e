import { constants, promises as fs } from "node:fs";
import { homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";

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
