import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { facts } from "../../../../fleet/platform";
import { type Synthesized, STACKS } from "../../../support/example-app";
import { answers } from "../../harness/process";
import { Skipped } from "../../harness/suite";
import { accountOf, connectionTo } from "../../terraform/account/connection";
import { makeNetwork } from "../../terraform/account/network";
import { type Moto, motoPython, startMoto } from "../../terraform/moto";
import { awsProvider, ownSettings } from "../../terraform/providers";
import { addresses, isKubernetes, synthesizedStack } from "../../terraform/rehearsal";
import { engineOf } from "../../terraform/terraform";
import { type StackName, Workspaces } from "../../terraform/workspaces";

const MOTO = join(__dirname, "moto_account.py");
/** With resources of AWS that pods and runs need here, in the order of deploy; those in one row are applied side by side. */
const APPLIED = [
  ["foundation", "trust"],
  ["control", "agents"],
] as const satisfies readonly (readonly StackName[])[];
export const APPLIED_STACKS = APPLIED.flat();

export interface AppliedAccount {
  readonly moto: Moto;
  /** Of Terraform */
  readonly version: string;
  /** Of the AWS provider, and where another one is declared, that too */
  readonly provider: string;
  /** Addresses of what Terraform made, as its states say, by stack */
  readonly made: ReadonlyMap<StackName, readonly string[]>;
  /** What a second plan would change */
  readonly changes: readonly string[];
  readonly seconds: number;
  /** Plan the same stacks once more, and apply that. */
  readonly again: () => Promise<Pick<AppliedAccount, "changes" | "seconds">>;
}

/** An account in which there is nothing */
export async function emptyAccount(): Promise<Moto> {
  const { account, region } = facts.aws;
  const moto = await startMoto(await motoPython(), account, [MOTO]);
  const answered = await accountOf(connectionTo(moto.url, region));
  if (answered !== account) throw new Error(`moto must be account ${account}, got ${answered}`);
  return moto;
}

/** The stacks as they were synthesized, applied by Terraform with its AWS provider: only the ids of the VPC and its subnets are those of the account. */
export async function applied(app: Synthesized, moto: Moto, folder: string): Promise<AppliedAccount> {
  const began = performance.now();
  if ((await answers("terraform", ["version"])) === undefined) throw new Skipped("no terraform on the PATH");
  const connection = connectionTo(moto.url, facts.aws.region);
  const network = await makeNetwork(connection);
  const outdir = join(folder, "out");
  write(withIds(app, network), outdir);
  const engine = await engineOf("terraform", "terraform", ownSettings(folder, undefined));
  const wanted = String(synthesizedStack(outdir, "foundation").terraform.required_providers.aws?.version);
  const source = await awsProvider(wanted, engine.binary, folder);
  const workspaces = new Workspaces(engine, source, { moto, connection, network }, folder, outdir);
  for (const stack of APPLIED_STACKS) await workspaces.of(stack).init();
  const changes: string[] = [];
  const apply = async (stack: StackName): Promise<void> => {
    await workspaces.of(stack).apply();
    changes.push(...(await workspaces.of(stack).plan()));
  };
  for (const row of APPLIED) await Promise.all(row.map(apply));
  const made = new Map(APPLIED_STACKS.map((stack) => [stack, managedIn(workspaces.of(stack).states())]));
  const seconds = (performance.now() - began) / 1000;
  const provider = source.version === wanted ? wanted : `${source.version} in place of ${wanted}`;
  const again = () => appliedAgain(workspaces);
  return { moto, version: engine.version, provider, made, changes, seconds, again };
}

async function appliedAgain(workspaces: Workspaces): ReturnType<AppliedAccount["again"]> {
  const began = performance.now();
  const changes: string[] = [];
  for (const row of APPLIED) {
    const again = async (stack: StackName): Promise<void> => {
      changes.push(...(await workspaces.of(stack).plan()));
      await workspaces.of(stack).applyPlanned();
    };
    await Promise.all(row.map(again));
  }
  return { changes, seconds: (performance.now() - began) / 1_000 };
}

/** Addresses of the resources of AWS that a stack has */
export function awsAddresses(app: Synthesized, stack: StackName): readonly string[] {
  return addresses(JSON.parse(app.stacks[stack]) as never).filter((address) => !isKubernetes(address));
}

function withIds(app: Synthesized, network: Awaited<ReturnType<typeof makeNetwork>>): Synthesized {
  const { network: declared } = facts.aws;
  if (declared === undefined || "none" in declared) throw new Error("the example platform names no VPC");
  const ids = [
    [declared.vpc, network.vpc] as const,
    ...declared.endpointSubnets.map(({ id }, at) => [id, network.endpointSubnets[at]?.id ?? id] as const),
  ];
  const replaced = (text: string): string => ids.reduce((so, [id, actual]) => so.replaceAll(id, actual), text);
  const stacks = Object.fromEntries(Object.entries(app.stacks).map(([name, text]) => [name, replaced(text)]));
  return { ...app, stacks: stacks as unknown as Synthesized["stacks"] };
}

function write({ stacks }: Synthesized, outdir: string): void {
  for (const stack of STACKS) {
    const folder = join(outdir, "stacks", stack);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "cdk.tf.json"), stacks[stack]);
  }
}

interface State {
  readonly resources: readonly { readonly mode: string; readonly type: string; readonly name: string }[];
}

function managedIn([state = '{"resources":[]}']: readonly string[]): readonly string[] {
  const { resources } = JSON.parse(state) as State;
  return resources.filter(({ mode }) => mode === "managed").map(({ type, name }) => `${type}.${name}`);
}
