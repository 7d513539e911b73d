import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { type Io, run } from "../../cli/program";

export interface Called {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run `ambit` in this process with these commands and arguments. */
export async function called(commands: readonly ((io: Io) => Command)[], ...args: readonly string[]): Promise<Called> {
  let stdout = "";
  let stderr = "";
  const io = { out: (text: string) => void (stdout += text), err: (text: string) => void (stderr += text) };
  const code = await run(commands, args, io);
  return { code, stdout, stderr };
}

/** A folder of the test file's own, gone afterwards; `put` writes a file into it and says where. */
export function scratch(name: string): { readonly path: string; put(file: string, content: string | Buffer): string } {
  const path = mkdtempSync(join(tmpdir(), `ambit-${name}-`));
  afterAll(() => rmSync(path, { recursive: true }));
  return {
    path,
    put: (file, content) => {
      const to = join(path, file);
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, content);
      return to;
    },
  };
}
