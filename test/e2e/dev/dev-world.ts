import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { serve } from "../harness/server";
import type { Suite } from "../harness/suite";

const ROOT = resolve(__dirname, "../../..");
const START_SECONDS = 180;

/** What `npm run dev -- --json` prints, as far as it is read here */
interface Printed {
  readonly page: string;
  readonly companions: Readonly<Record<string, string>>;
}

/** `npm run dev` with its page */
export class DevWorld {
  private constructor(
    public readonly page: string,
    public readonly companions: Printed["companions"],
  ) {}

  /** @param args besides those for free ports */
  public static async start(suite: Suite, ...args: readonly string[]): Promise<DevWorld> {
    const folder = mkdtempSync(join(tmpdir(), "ambit-dev-"));
    suite.afterwards(() => rmSync(folder, { recursive: true, force: true }));
    const common = ["--port", "0", "--json", "--forwarder"];
    const program = ["-r", "@swc-node/register", join(ROOT, "cli/dev/main.ts")];
    const dev = await serve({
      name: "npm run dev",
      command: process.execPath,
      args: [...program, ...common, ...args],
      cwd: ROOT,
      env: { TMPDIR: folder },
      ready: (said) => printedIn(said) !== undefined,
      startSeconds: START_SECONDS,
    });
    suite.afterwards(() => dev.kill());
    const { page, companions } = printedIn(dev.said()) as Printed;
    return new DevWorld(page, companions);
  }
}

/** Events are among what it says, one line each. */
function printedIn(said: string): Printed | undefined {
  const begin = said.indexOf('{\n  "exchange"');
  const end = said.indexOf("\n}\n", begin);
  return begin < 0 || end < 0 ? undefined : (JSON.parse(said.slice(begin, end + 2)) as Printed);
}
