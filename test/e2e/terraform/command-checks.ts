import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf, filesOf } from "../../../review/read/digest";
import { type Finished, run } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import { same } from "./account/expected";
import type { Deployed } from "./deploy-checks";
import type { Engine } from "./terraform";
import type { Workspaces } from "./workspaces";

const ROOT = join(__dirname, "..", "..", "..");

/** One line that the command prints */
type Event = Readonly<Record<string, unknown>>;

export interface Ended extends Finished {
  readonly events: readonly Event[];
}

/** `ambit deploy` on what is deployed already */
export interface Command {
  readonly folder: Check<(...args: readonly string[]) => Promise<Ended>>;
  readonly published: Check<void>;
}

/** The command as a pipeline runs it: real Terraform, real signing, into the tables and buckets that Terraform made. */
export function commandChecks(
  suite: Suite,
  name: Engine["name"],
  { folder, outdir, workspaces, control, agents }: Deployed,
  binary: Check<string>,
): Command {
  const check: Suite["check"] = (text, needs, act) => suite.check(`${name}: ambit deploy: ${text}`, needs, act);
  const place = join(folder, "command", "cdktf.out");

  const command = check(
    "a folder as synth leaves it, for moto",
    [outdir, workspaces, control, agents, binary],
    async ([out, made, , , path]) => {
      copyOf(out, made, place);
      const digest = digestOf(filesOf(place));
      const env = {
        ...made.env,
        AWS_ACCESS_KEY_ID: "rehearsal",
        AWS_SECRET_ACCESS_KEY: "rehearsal",
        TERRAFORM_BINARY_NAME: path,
      };
      return async (...args: readonly string[]) => {
        const ambit = ["-r", "@swc-node/register", join(ROOT, "cli", "ambit.ts")];
        const flags = ["--digest", digest, "--auto-approve", "--json", ...args];
        const ended = await run(process.execPath, [...ambit, "deploy", place, ...flags], {
          cwd: ROOT,
          env,
          timeoutSeconds: 900,
        });
        const lines = ended.stdout.split("\n").filter((line) => line !== "");
        return { ...ended, events: lines.map((line) => JSON.parse(line) as Event) };
      };
    },
  );
  const published = check(
    "stacks without changes stay, and registry and bundle are signed and published, once",
    [command],
    async ([deploy]) => {
      const stays = ["stack foundation unchanged", "stack control unchanged"];
      const what = (how: string) => [stays[0], `published registry ${how}`, `published bundle ${how}`, stays[1]];
      for (const how of ["published", "unchanged"]) {
        const { code, events, tail } = await deploy("--stacks", "foundation,control");
        if (code !== 0) throw new Error(`it ended with ${code}:\n${tail}`);
        const said = events.slice(1, -1).map((each) => `${each.event} ${each.stack ?? each.what} ${each.result}`);
        same(said, what(how), "events");
      }
      const { code } = await deploy("--digest", `sha256:${"0".repeat(64)}`);
      same(code, 3, "exit code for another digest");
    },
  );
  return { folder: command, published };
}

function copyOf(outdir: string, made: Workspaces, place: string): void {
  cpSync(join(outdir, "ambit"), join(place, "ambit"), { recursive: true });
  for (const stack of made.stacks) {
    const to = join(place, "stacks", stack);
    mkdirSync(to, { recursive: true });
    writeFileSync(join(to, "cdk.tf.json"), JSON.stringify(made.withState(stack, outdir)));
    const assets = join(outdir, "stacks", stack, "assets");
    if (existsSync(assets)) cpSync(assets, join(to, "assets"), { recursive: true });
  }
  const entries = made.stacks.map((stack, at) => [
    stack,
    { dependencies: made.stacks.slice(at === 0 ? 0 : at - 1, at), synthesizedStackPath: `stacks/${stack}/cdk.tf.json` },
  ]);
  writeFileSync(join(place, "manifest.json"), JSON.stringify({ stacks: Object.fromEntries(entries) }));
}
