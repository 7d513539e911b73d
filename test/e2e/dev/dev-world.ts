import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Finished, run } from "../harness/process";
import { serve } from "../harness/server";
import type { Suite } from "../harness/suite";

const ROOT = resolve(__dirname, "../../..");
const START_SECONDS = 180;

/** What `npm run dev -- --json` prints, as far as it is read here */
interface Printed {
  readonly page: string;
  /** Origin of the approvers' page */
  readonly approvals: string;
  readonly companions: Readonly<Record<string, string>>;
  readonly commands: readonly { readonly name: string; readonly command: string }[];
}

/** `npm run dev` with its page */
export class DevWorld {
  private constructor(
    public readonly page: string,
    public readonly companions: Printed["companions"],
    public readonly approvals: string,
    private readonly commands: Printed["commands"],
  ) {}

  /** Type the printed command of that name into a shell. @param changed what a person writes in it */
  public typed(name: string, changed = (command: string): string => command): Promise<Finished> {
    const { command = `echo no command ${name}; exit 127` } = this.commands.find((one) => one.name === name) ?? {};
    return run("bash", ["-c", changed(command)], { cwd: ROOT });
  }

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
    const { page, companions, approvals, commands } = printedIn(dev.said()) as Printed;
    return new DevWorld(page, companions, approvals, commands);
  }
}

/** Events are among what it says, one line each. */
function printedIn(said: string): Printed | undefined {
  const begin = said.indexOf('{\n  "exchange"');
  const end = said.indexOf("\n}\n", begin);
  return begin < 0 || end < 0 ? undefined : (JSON.parse(said.slice(begin, end + 2)) as Printed);
}
