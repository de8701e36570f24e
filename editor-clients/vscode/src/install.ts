import { spawn } from "node:child_process";
import {
  type CancellationToken,
  commands,
  type ExtensionContext,
  type LogOutputChannel,
  ProgressLocation,
  window,
  workspace,
} from "vscode";
import { CannotInstall, findPackage, makeEnvironment, pythonNames, type Run, suitablePython } from "./environment";
import { findProgram } from "./program";

const INSTALL = "Install";
const SHOW_LOG = "Show Log";
const WHAT =
  "This makes a private Python environment in this extension's own folder and downloads what copydesk needs from " +
  "the package index that pip is set up for (pypi.org by default), 250 MB on disk. Nothing else on this machine is changed.";
const NO_PYTHON = "Python 3.11 or newer was not found. Install it from python.org or with your system's packages.";
const NO_PACKAGE = "This extension was packaged without the program. Install it as its README says.";

/** Make the private environment once the writer has agreed; return whether it is there. */
export async function install(context: ExtensionContext, log: LogOutputChannel): Promise<boolean> {
  if (!workspace.isTrusted) {
    void window.showInformationMessage("copydesk starts nothing until you trust the workspace.");
    return false;
  }
  const question = "Install copydesk into a private environment?";
  if ((await window.showInformationMessage(question, { modal: true, detail: WHAT }, INSTALL)) !== INSTALL) return false;
  try {
    const options = { location: ProgressLocation.Notification, title: "Installing copydesk", cancellable: true };
    await window.withProgress(options, (progress, cancelled) => {
      const steps = ["making the environment", "downloading what copydesk needs", "installing copydesk"];
      return make(context, async (program, args) => {
        progress.report({ message: steps.shift() ?? "" });
        await run(program, args, log, cancelled);
      });
    });
  } catch (error) {
    log.error(`${error}`);
    const message =
      error instanceof CannotInstall ? error.message : "copydesk could not be installed. Its log says why.";
    void window.showErrorMessage(message, SHOW_LOG).then((answer) => {
      if (answer === SHOW_LOG) void commands.executeCommand("copydesk.showLog");
    });
    return false;
  }
  return true;
}

async function make(context: ExtensionContext, step: Run): Promise<void> {
  const { platform } = process;
  const contents = await findPackage(context.extensionUri.fsPath);
  if (!contents) throw new CannotInstall(NO_PACKAGE);
  const found = pythonNames(platform).map((name) => findProgram(name, process.env.PATH ?? "", platform));
  const candidates = (await Promise.all(found)).filter((path) => path !== undefined);
  const python = await suitablePython(candidates);
  if (!python) throw new CannotInstall(NO_PYTHON);
  const storage = context.globalStorageUri.fsPath;
  await makeEnvironment(python, contents, { storage, version: context.extension.packageJSON.version, platform }, step);
}

function run(program: string, args: string[], log: LogOutputChannel, cancelled: CancellationToken): Promise<void> {
  log.info(`running ${program} ${args.join(" ")}`);
  return new Promise((done, failed) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], windowsHide: true });
    const told = (data: Buffer): void => log.info(data.toString().trimEnd());
    child.stdout.on("data", told);
    child.stderr.on("data", told);
    const watch = cancelled.onCancellationRequested(() => child.kill());
    child.on("error", failed);
    child.on("close", (code) => {
      watch.dispose();
      if (cancelled.isCancellationRequested) failed(new CannotInstall("The installation was cancelled."));
      else if (code === 0) done();
      else failed(new Error(`${program} ended with ${code}`));
    });
  });
}
