import { writeFileSync } from "node:fs";
import { CliError } from "./program";

/** @throws CliError if the file cannot be written */
export function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new CliError(`${file} cannot be written: ${(error as Error).message}`);
  }
}
