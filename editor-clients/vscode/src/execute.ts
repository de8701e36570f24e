import { window } from "vscode";
import { ExecuteCommandRequest, type LanguageClient, ResponseError } from "vscode-languageclient/node";

/** Have the server do something; a refusal is shown in its words. */
export async function execute(client: LanguageClient, command: string, argument: object): Promise<void> {
  try {
    await client.sendRequest(ExecuteCommandRequest.type, { command, arguments: [argument] });
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    void window.showWarningMessage(error.message);
  }
}
