import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Check, Suite } from "../harness/suite";
import { Skipped } from "../harness/suite";
import { checkAgentRoles } from "./account/domain";
import { checkData, checkIam, checkNetwork, expectedAccount, leftOver, same } from "./account/expected";
import { rehearsedPlatform, synthesize } from "./app";
import { exampleFleet, withCertificateBearer } from "./fleets";
import { awsProvider, ownSettings } from "./providers";
import { addresses, isKubernetes, NOT_IN_MOTO, type Synthesized, synthesizedStack } from "./rehearsal";
import { type Engine, engineOf, inWords, type PlannedChange } from "./terraform";
import { makeWorld, type World } from "./world";
import { type StackName, Workspaces } from "./workspaces";

/** What a rehearsal on one engine has when everything is deployed */
export interface Deployed {
  readonly world: Check<World>;
  readonly folder: string;
  /** Where the example fleet was synthesized to */
  readonly outdir: Check<string>;
  readonly workspaces: Check<Workspaces>;
  /** The last stack was applied */
  readonly agents: Check<void>;
}

/** From an empty account to the example fleet, on one engine. */
export function deployChecks(
  suite: Suite,
  name: Engine["name"],
  folder: string,
  binary: Check<string>,
  python: Check<string>,
): Deployed {
  mkdirSync(folder);
  const check: Suite["check"] = (text, needs, act) => suite.check(`${name}: ${text}`, needs, act);

  const engine = check("starts", [binary], async ([path], note) => {
    const started = await engineOf(name, path, ownSettings(folder, undefined));
    note(`version ${started.version}`);
    return started;
  });
  const world = check("an account stands in moto, with a network", [python], ([path]) =>
    makeWorld(path, (act) => suite.afterwards(act)),
  );
  const outdir = check("the example fleet synthesizes", [world], ([{ network }]) =>
    synthesize(join(folder, "out"), { network, fleet: exampleFleet }),
  );
  const source = check("the AWS provider is found", [engine, outdir], async ([{ binary: path }, out], note) => {
    const wanted = wantedVersion(synthesizedStack(out, "foundation"));
    const found = await awsProvider(wanted, path, folder);
    const where = found.mirror === undefined ? "the registry" : "a filesystem mirror";
    note(`${found.version} from ${where}${found.version === wanted ? "" : `, instead of ${wanted}: the copy says so`}`);
    return found;
  });
  const workspaces = check(
    "init and validate",
    [engine, source, world, outdir],
    async ([anEngine, aSource, aWorld, out], note) => {
      const made = new Workspaces(anEngine, aSource, aWorld, folder, out);
      await Promise.all(made.stacks.map((stack) => made.of(stack).initAndValidate()));
      for (const stack of made.stacks) noteKubernetes(stack, out, note);
      return made;
    },
  );

  const apply = (stack: StackName, needs: readonly Check[]): Check<void> =>
    check(
      `${stack} applies, and a second plan is empty`,
      [workspaces, outdir, ...needs] as const,
      async ([made, out]) => {
        if (!made.stacks.includes(stack)) throw new Skipped(onlyKubernetes(stack, out));
        made.use(stack, out);
        await made.of(stack).apply();
        await made.of(stack).planIsEmpty();
      },
    );
  check("what moto lacks is planned", [workspaces, world, outdir], async ([made, { network }], note) => {
    await planWhatMotoLacks(made, join(folder, "certificate-bearer"), network, note);
  });
  const foundation = apply("foundation", []);
  apply("spire", []);
  const trust = apply("trust", []);
  apply("control", []);
  const agents = apply("agents", [foundation, trust]);

  check(
    "read back: every agent role is what its declaration says",
    [world, agents],
    async ([{ connection, network }], note) => {
      const roles = await checkAgentRoles(connection, exampleFleet, rehearsedPlatform({ network }));
      note(roles.join(", "));
    },
  );
  const table = check("read back: ids for the handwritten table", [world, agents], ([{ connection, network }]) =>
    expectedAccount(connection, network),
  );
  check(
    "read back: roles, boundary and OIDC provider are the handwritten ones",
    [world, table],
    ([{ connection }, expected]) => checkIam(connection, expected),
  );
  check(
    "read back: tables, keys and audit bucket are the handwritten ones",
    [world, table],
    ([{ connection }, expected]) => checkData(connection, expected),
  );
  check(
    "read back: endpoints and security group are the handwritten ones",
    [world, table],
    ([{ connection, network }, expected]) => checkNetwork(connection, expected, network),
  );
  return { world, folder, outdir, workspaces, agents };
}

/** Everything is destroyed, and the account is empty again. */
export function destroyChecks(
  suite: Suite,
  name: Engine["name"],
  { workspaces, world, agents, outdir }: Deployed,
): void {
  const gone = suite.check(
    `${name}: destroy works in reverse order`,
    [workspaces, outdir, agents],
    async ([made, out]) => {
      for (const stack of [...made.stacks].reverse()) {
        made.use(stack, out);
        await made.of(stack).destroy();
      }
    },
  );
  suite.check(`${name}: nothing is left in the account`, [world, gone], async ([{ connection, network }]) => {
    same(await leftOver(connection, network), {}, "left over");
  });
}

async function planWhatMotoLacks(
  made: Workspaces,
  folder: string,
  network: World["network"],
  note: (text: string) => void,
): Promise<void> {
  const rolesAnywhere = { trustAnchorArn: ANCHOR };
  const out = synthesize(folder, { network, fleet: withCertificateBearer, aws: { rolesAnywhere } });
  made.use("agents", out, "plan");
  const profile = only(await made.of("agents").plan(), "aws_rolesanywhere_profile.");
  const { duration_seconds, enabled, name } = profile.after;
  same([name, duration_seconds, enabled], ["prod_certificate-bearer_collect", 3600, true], profile.address);
  note(`planned only: ${profile.address} (${NOT_IN_MOTO.resources.aws_rolesanywhere_profile})`);

  made.use("foundation", out, "plan");
  const endpoint = only(await made.of("foundation").plan(), "aws_vpc_endpoint.Endpoints_s3_");
  const [options] = endpoint.after.dns_options as readonly Record<string, unknown>[];
  same(options?.private_dns_only_for_inbound_resolver_endpoint, false, `${endpoint.address} dns_options`);
  note(`planned only: ${endpoint.address} dns_options (${NOT_IN_MOTO.attributes.aws_vpc_endpoint?.dns_options})`);
}

const ANCHOR = "arn:aws:rolesanywhere:eu-central-1:111122223333:trust-anchor/00000000-0000-4000-8000-000000000000";

function only(changes: readonly PlannedChange[], prefix: string): PlannedChange {
  const found = changes.filter(({ address }) => address.startsWith(prefix));
  if (found.length !== 1) throw new Error(`expected one ${prefix}*, got ${inWords(changes).join(", ")}`);
  return found[0] as PlannedChange;
}

function wantedVersion({ terraform }: Synthesized): string {
  return String(terraform.required_providers.aws?.version);
}

function noteKubernetes(stack: StackName, outdir: string, note: (text: string) => void): void {
  const left = addresses(synthesizedStack(outdir, stack)).filter(isKubernetes).length;
  if (left > 0) note(`${stack}: ${left} Kubernetes resources are left out: that provider and a cluster are not here`);
}

function onlyKubernetes(stack: StackName, outdir: string): string {
  const count = addresses(synthesizedStack(outdir, stack)).length;
  return `its ${count} resources are all of Kubernetes: that provider and a cluster are not here`;
}
