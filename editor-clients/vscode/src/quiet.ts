import { LanguageClient } from "vscode-languageclient/node";

/** A client whose own words go to the log alone: what a writer has to know, and do next, is said by the session. */
export class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }

  override warn(message: string, data?: unknown): void {
    super.warn(message, data, false);
  }

  override info(message: string, data?: unknown): void {
    super.info(message, data, false);
  }
}
