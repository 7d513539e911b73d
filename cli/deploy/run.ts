import { join } from "node:path";
import { CliError, type Io } from "../program";
import type { Cluster } from "./cluster";
import {
  daemonSetsOf,
  type DeployedStack,
  driverOf,
  issuersOf,
  mounting,
  type Places,
  placesIn,
  wantedOf,
} from "./plan";
import type { PublishAll, Published } from "./publish-all";
import { counted, type Report } from "./report";
import type { Changes, Planned, Terraform } from "./terraform";
import { type FetchJson, mountedBy, type Patience, unanswered, unready, until } from "./waits";
import type { WorkingCopy } from "./working-copy";

export interface Deploy {
  readonly copy: WorkingCopy;
  readonly terraform: Terraform;
  readonly stacks: readonly string[] | undefined;
  readonly after: PublishAll["after"];
  readonly publishes: boolean;
  readonly patience: Patience;
  readonly report: Report;
  readonly io: Io;
  /** Whether the user answers yes */
  approves(question: string): Promise<boolean>;
  publish(request: PublishAll, io: Io): Promise<readonly Published[]>;
  readonly fetchJson: FetchJson;
  clusterOf(stack: DeployedStack): Promise<Pick<Cluster, "get">>;
}

/** The user declined */
export class Declined extends Error {
  public override readonly name = "Declined";
}

/**
 * Apply the stacks in their order. Each is planned, shown and applied by itself, because the next may need what it makes; one
 * whose plan is empty is left alone, so an unfinished deploy is simply run again.
 */
export async function deploy(request: Deploy): Promise<void> {
  const { copy, report } = request;
  const all = copy.stacks();
  const wanted = wantedOf(all, request.stacks);
  const found = publishingOf(request, all);
  let isPublished = found === undefined;
  const publish = async (): Promise<void> => {
    if (isPublished || found === undefined) return;
    isPublished = true;
    await publishIn(request, found.places);
  };
  for (const stack of wanted) {
    if (found !== undefined && all.indexOf(stack) > all.findIndex(({ name }) => name === found.stack)) await publish();
    await waitBefore(request, stack, all);
    await applyStack(request, stack);
    await waitBehind(request, stack);
  }
  await publish();
  report({ event: "end", result: "deployed" });
}

/** Destroy the stacks, the last first, and a CSI driver only when no pod has a volume of it any more. */
export async function destroy(request: Deploy): Promise<void> {
  for (const stack of [...wantedOf(request.copy.stacks(), request.stacks)].reverse())
    await destroyStack(request, stack);
  request.report({ event: "end", result: "destroyed" });
}

function publishingOf({ copy, publishes }: Deploy, all: readonly DeployedStack[]) {
  const held = ["ambit/registry.json", "ambit/bundle.tar.gz"].filter((file) => copy.has(file));
  if (!publishes || held.length === 0) return undefined;
  const found = placesIn(all);
  if (found !== undefined) return found;
  const what = `no stack has the outputs policy_bucket, policy_key, registry_table, registry_key and region`;
  const fix =
    "write them beside the stack that makes these, as FoundationStack does, or publish by yourself and say --no-publish";
  throw new CliError(`${held.join(" and ")} must be published, and ${what}: ${fix}`);
}

async function publishIn(request: Deploy, places: Places): Promise<void> {
  const { copy, after, io, report } = request;
  if (!(await request.approves("Sign and publish registry and bundle"))) throw new Declined("publish");
  const published = await request.publish({ folder: copy.path, places, after, has: (file) => copy.has(file) }, io);
  for (const { what, result, from, revision, target } of published) {
    report({ event: "published", what, result, from, revision, target });
  }
}

async function applyStack(request: Deploy, { name, workingDirectory }: DeployedStack): Promise<void> {
  const { terraform, report } = request;
  await terraform
    .planned(
      join(request.copy.path, workingDirectory),
      { check: checkOf(request, workingDirectory) },
      async ({ changes, isEmpty, apply }) => {
        if (isEmpty) return report({ event: "stack", stack: name, result: "unchanged", changes });
        await approved(request, "Apply", name, changes);
        await apply();
        report({ event: "stack", stack: name, result: "applied", changes });
      },
    )
    .catch(inStack(name));
}

async function destroyStack(request: Deploy, stack: DeployedStack): Promise<void> {
  const { name, workingDirectory } = stack;
  const { terraform, report } = request;
  const folder = join(request.copy.path, workingDirectory);
  const options = { destroy: true, check: checkOf(request, workingDirectory) };
  const driver = driverOf(stack);
  const done = (changes: Changes): void => report({ event: "stack", stack: name, result: "destroyed", changes });
  const isLeft = await terraform
    .planned(folder, options, async ({ changes, isEmpty, apply }) => {
      if (isEmpty) report({ event: "stack", stack: name, result: "unchanged", changes });
      if (isEmpty) return false;
      await approved(request, "Destroy", name, changes);
      if (driver !== undefined) return true;
      await apply();
      done(changes);
      return false;
    })
    .catch(inStack(name));
  if (!isLeft || driver === undefined) return;
  const targets = mounting(stack, driver).map(({ address }) => address);
  const all = async ({ isEmpty, apply }: Planned): Promise<void> => (isEmpty ? undefined : apply());
  if (targets.length > 0) await terraform.planned(folder, { ...options, targets }, all).catch(inStack(name));
  const cluster = await request.clusterOf(stack);
  const what = `pods without a volume of ${driver}`;
  await until(what, () => mountedBy(cluster, driver), request.patience);
  report({ event: "waited", for: what });
  await terraform
    .planned(folder, options, async (plan) => {
      await all(plan);
      done(plan.changes);
    })
    .catch(inStack(name));
}

function checkOf({ copy }: Deploy, workingDirectory: string): () => void {
  return () => copy.check(workingDirectory);
}

async function approved({ approves, report }: Deploy, act: string, stack: string, changes: Changes): Promise<void> {
  if (await approves(`${act} ${stack}: ${counted(changes)}`)) return;
  report({ event: "stack", stack, result: "declined", changes });
  throw new Declined(stack);
}

/** IAM fetches the keys of an issuer when its provider is made. */
async function waitBefore(request: Deploy, stack: DeployedStack, all: readonly DeployedStack[]): Promise<void> {
  for (const issuer of issuersOf(stack)) {
    const where = await leadTo(request, issuer, all);
    const look = async (): Promise<string | undefined> => {
      const lacking = await unanswered(issuer, request.fetchJson).catch((error: Error) => error.message);
      return lacking === undefined ? undefined : `${lacking}${where}`;
    };
    await until(`${issuer} to answer with its keys`, look, request.patience);
    request.report({ event: "waited", for: `${issuer} answers with its keys` });
  }
}

/** What a person has to do, once, where no answer comes */
async function leadTo({ terraform, copy }: Deploy, issuer: string, all: readonly DeployedStack[]): Promise<string> {
  const spire = all.find(({ file }) => file.output?.["issuer"]?.value === issuer && "issuer_address" in file.output);
  if (spire === undefined) return "";
  const address = await terraform.output(join(copy.path, spire.workingDirectory), "issuer_address");
  return address === undefined ? "" : `: its name must lead to ${address}`;
}

/** The provider takes a DaemonSet for rolled out when its pods are scheduled. */
async function waitBehind(request: Deploy, stack: DeployedStack): Promise<void> {
  const workloads = daemonSetsOf(stack);
  if (workloads.length === 0) return;
  const cluster = await request.clusterOf(stack);
  for (const workload of workloads) {
    const what = `daemonset ${workload.namespace}/${workload.name} on every node`;
    await until(what, () => unready(cluster, workload), request.patience);
    request.report({ event: "waited", for: what });
  }
}

function inStack(stack: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof CliError) || error.message.startsWith("stack ")) throw error;
    throw new CliError(`stack ${stack}: ${error.message}`, { cause: error });
  };
}
