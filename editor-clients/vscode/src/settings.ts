import { type ConfigurationScope, type Uri, workspace } from "vscode";

const SECTION = "copydesk";

/** Settings of this extension alone, which the server does not know. */
const OWN: ReadonlySet<string> = new Set(["copydesk.command", "copydesk.keyBindings"]);

/**
 * Return what the writer has set, table by table. Values that nobody set are left out: VS Code would send the defaults
 * in the manifest as if they had been chosen, and they would win over copydesk.toml.
 */
export function chosenSettings(keys: Iterable<string>, scope: Uri | undefined): Record<string, unknown> {
  const configuration = workspace.getConfiguration(undefined, scope as ConfigurationScope | undefined);
  const chosen: Record<string, Record<string, unknown>> = {};
  for (const key of keys) {
    const [section, table, name] = key.split(".");
    if (section !== SECTION || !table || !name || OWN.has(key)) continue;
    const found = configuration.inspect(key);
    const set = [found?.globalValue, found?.workspaceValue, found?.workspaceFolderValue];
    if (set.some((value) => value !== undefined)) {
      chosen[table] = { ...chosen[table], [name]: configuration.get(key) };
    }
  }
  return chosen;
}
