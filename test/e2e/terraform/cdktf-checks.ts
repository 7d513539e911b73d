import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Finished, succeed } from "../harness/process";
import type { Check, Suite } from "../harness/suite";
import { checkAgentRoles } from "./account/domain";
import { rehearsedPlatform, synthesize } from "./app";
import { exampleFleet } from "./fleets";
import { awsProvider, ownSettings } from "./providers";
import { MOTO_KEYS, motoEnvironment, synthesizedStack } from "./rehearsal";
import type { Engine, Environment } from "./terraform";
import type { StackName } from "./workspaces";
import { makeWorld, nothingIsLeft } from "./world";

const APP = join(__dirname, "cdktf-app.ts");
const ROOT = join(__dirname, "..", "..", "..");
/**
 * The stacks that ask AWS for something, in deploy order. No stack reads another's values, so the command starts all that
 * it is given at once: what must be there before is a call of its own. Nothing calls the starters, which take as long as SPIRE.
 */
const DEPLOY_ORDER = [["foundation"], ["spire", "starters"], ["trust", "control", "agents"]] satisfies StackName[][];
const DESTROY_ORDER = [...DEPLOY_ORDER].reverse();
/** Each call would run the app again, for the same bytes. */
const AS_SYNTHESIZED = ["--skip-synth", "--skip-provider-lock"];

/** The same fleet through the cdktf command, without a terminal and without a registry. */
export function cdktfChecks(
  suite: Suite,
  name: Engine["name"],
  folder: string,
  binary: Check<string>,
  python: Check<string>,
): void {
  const check: Suite["check"] = (text, needs, act) => suite.check(`cdktf on ${name}: ${text}`, needs, act);

  const world = check("an account stands in moto, with a network", [python, binary], ([path]) =>
    makeWorld(path, (act) => suite.afterwards(act)),
  );
  const project = check("a project is set up", [world, binary], async ([{ network, moto }, path], note) => {
    mkdirSync(folder);
    const first = synthesize(join(folder, "probe"), { network });
    const wanted = String(synthesizedStack(first, "foundation").terraform.required_providers.aws?.version);
    const source = await awsProvider(wanted, path, folder);
    note(`AWS provider ${source.version}`);
    const app = `node -r ${JSON.stringify(require.resolve("@swc-node/register"))} ${JSON.stringify(APP)}`;
    const settings = { language: "typescript", app, projectId: "ambit-e2e", sendCrashReports: "false" };
    writeFileSync(join(folder, "cdktf.json"), JSON.stringify(settings));
    return {
      ...ownSettings(folder, source.mirror),
      ...motoEnvironment(moto.url),
      ...MOTO_KEYS,
      CI: "1",
      // Nothing outside the project's folder: the command would otherwise keep a cache and an id of the user at home.
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      CDKTF_HOME: join(folder, "home"),
      TERRAFORM_BINARY_NAME: path,
      SWC_NODE_PROJECT: join(ROOT, "tsconfig.json"),
      AMBIT_REHEARSAL: JSON.stringify({ network, awsVersion: source.version }),
    };
  });
  const cdktf = (env: Environment, args: readonly string[]): Promise<Finished> =>
    succeed(process.execPath, [join(ROOT, "node_modules", "cdktf-cli", "bundle", "bin", "cdktf"), ...args], {
      cwd: folder,
      env,
      timeoutSeconds: 900,
    });

  const deployed = check("deploy", [project], async ([env]) => {
    await cdktf(env, ["synth"]);
    for (const stacks of DEPLOY_ORDER) await cdktf(env, ["deploy", ...stacks, "--auto-approve", ...AS_SYNTHESIZED]);
  });
  check("deployed roles are what the declarations say", [world, deployed], async ([{ connection, network }]) => {
    await checkAgentRoles(connection, exampleFleet, rehearsedPlatform({ network }));
  });
  const unchanged = check("diff says no changes", [project, deployed], async ([env]) => {
    for (const stack of DEPLOY_ORDER.flat()) {
      const { stdout, tail } = await cdktf(env, ["diff", stack, ...AS_SYNTHESIZED]);
      if (!/No changes/.test(stdout)) throw new Error(`diff of ${stack} must say no changes:\n${tail}`);
    }
  });
  const destroyed = check("destroy", [project, deployed, unchanged], async ([env]) => {
    for (const stacks of DESTROY_ORDER) await cdktf(env, ["destroy", ...stacks, "--auto-approve", ...AS_SYNTHESIZED]);
  });
  check("nothing is left in the account", [world, destroyed], ([aWorld], note) => nothingIsLeft(aWorld, note));
}
