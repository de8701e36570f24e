import { window } from "vscode";
import { ExecuteCommandRequest, type LanguageClient, ResponseError } from "vscode-languageclient/node";

/** Have the server do something and return its answer; a refusal is shown in its words, and has none. */
export async function execute(client: LanguageClient, command: string, argument: object): Promise<unknown> {
  try {
    return await client.sendRequest(ExecuteCommandRequest.type, { command, arguments: [argument] });
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error;
    void window.showWarningMessage(error.message);
    return undefined;
  }
}
