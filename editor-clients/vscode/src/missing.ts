import { commands, window } from "vscode";
import { DEFAULT_COMMAND } from "./program";

const CHANGE = "Open Setting";
const INSTALL = "Install into a Private Environment";

/** Say that the program was not found, and offer what can be done about it. */
export function offerInstallation(command: string): void {
  // A program that the writer named is not replaced by another.
  const named = command !== DEFAULT_COMMAND;
  const hint = named
    ? "Correct the setting copydesk.command, which names it, or reset that setting."
    : "Install it here, or as its README says and name it in the setting copydesk.command.";
  const buttons = named ? [CHANGE] : [INSTALL, CHANGE];
  void window.showErrorMessage(`The program copydesk was not found. ${hint}`, ...buttons).then((answer) => {
    if (answer === CHANGE) void commands.executeCommand("workbench.action.openSettings", "copydesk.command");
    else if (answer === INSTALL) void commands.executeCommand("copydesk.install");
  });
}
