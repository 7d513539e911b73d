import { deepStrictEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { VpcNetworkProps } from "../../../../constructs";
import type { Connection } from "./connection";
import { readBuckets, readKeys, readTables } from "./data";
import { readClusterIds, readDatabases } from "./database";
import { readDistribution, readDistributions, readObject, readOriginAccess } from "./documents";
import { readOidcProviders, readPolicies, readRoles } from "./iam";
import { readMonitoring } from "./monitoring";
import { readEndpoints, readSecurityGroups } from "./network";
import { readStarters } from "./starters";
import { readTrails } from "./trails";

const TABLE = join(__dirname, "..", "..", "..", "cases", "e2e-account.json");

/** What starters have of their own is read back with them. */
const OF_STARTERS = /^(?:alarm ambit-prod-starter-|log \/aws\/lambda\/)/;

/** What a person wrote down that the account must hold, with ids that only the account knows filled in */
export interface ExpectedAccount {
  /** Some of the roles: one of each kind of trust */
  readonly roles: Readonly<Record<string, unknown>>;
  readonly policies: unknown;
  readonly oidcProviders: unknown;
  readonly tables: unknown;
  readonly keys: unknown;
  readonly buckets: unknown;
  readonly endpoints: Readonly<Record<string, unknown>>;
  readonly securityGroups: unknown;
  readonly databases: unknown;
  readonly starters: unknown;
  readonly trails: unknown;
  readonly monitoring: unknown;
  /** What SPIRE publishes where it is told to; not in the example */
  readonly published?: PublishedAccount;
}

/** With the documents in a bucket, a private CA upstream and a trust anchor */
export interface PublishedAccount {
  /** Inline policy of the servers' role */
  readonly access: unknown;
  readonly buckets: Readonly<Record<string, unknown>>;
  readonly discovery: { readonly bucket: string; readonly key: string; readonly type: string; readonly json: unknown };
  readonly distribution: unknown;
  readonly originAccess: unknown;
}

/** @param published whether the table's part of what SPIRE publishes is wanted, whose ids are there only then */
export async function expectedAccount(
  connection: Connection,
  network: VpcNetworkProps,
  published = false,
): Promise<ExpectedAccount> {
  const ids: Record<string, string> = { vpc: network.vpc };
  for (const [alias, { arn }] of Object.entries(await readKeys(connection))) ids[`key ${keyName(alias)}`] = arn;
  for (const [service, { id }] of Object.entries(await readEndpoints(connection))) {
    ids[`endpoint ${last(service, ".")}`] = id;
  }
  for (const { id, secret } of await readClusterIds(connection)) Object.assign(ids, { cluster: id, secret });
  for (const { ARN } of published ? await readDistributions(connection) : []) ids.distribution = ARN;
  const { published: more, ...table } = JSON.parse(readFileSync(TABLE, "utf8")) as ExpectedAccount;
  const text = JSON.stringify(published ? { ...table, published: more } : table);
  const filled = text.replace(/\{([a-z][a-z0-9 -]*)\}/g, (_, name: string) => {
    const id = ids[name];
    if (id === undefined) throw new Error(`the account has no ${name} (it has ${Object.keys(ids).join(", ")})`);
    return id;
  });
  return JSON.parse(filled) as ExpectedAccount;
}

/** `tokens` of `alias/ambit/prod/tokens`, and `starter merged 1` of `alias/ambit/prod/starter/merged/1` */
function keyName(alias: string): string {
  return alias.split("/").slice(3).join(" ");
}

/** The handwritten roles, and no policy or OIDC provider but the handwritten ones. */
export async function checkIam(connection: Connection, expected: ExpectedAccount): Promise<void> {
  const roles = await readRoles(connection);
  for (const [name, role] of Object.entries(expected.roles)) same(roles[name], role, `role ${name}`);
  same(await readPolicies(connection), expected.policies, "managed policies");
  same(await readOidcProviders(connection), expected.oidcProviders, "OIDC providers");
}

/** Tables, keys and buckets: exactly the handwritten ones. */
export async function checkData(connection: Connection, expected: ExpectedAccount): Promise<void> {
  same(await readTables(connection), expected.tables, "tables");
  same(await readKeys(connection), expected.keys, "keys");
  same(await readBuckets(connection), expected.buckets, "buckets");
}

/** Endpoints and security groups: exactly the handwritten ones, in the network they were given. */
export async function checkNetwork(
  connection: Connection,
  expected: ExpectedAccount,
  { vpc, endpointSubnets }: VpcNetworkProps,
): Promise<void> {
  const endpoints = await readEndpoints(connection);
  const policies = Object.entries(endpoints).map(([service, { statements }]) => [service, statements]);
  same(Object.fromEntries(policies), expected.endpoints, "endpoint policies");
  const subnets = endpointSubnets.map(({ id }) => id).sort();
  for (const [service, { type, vpc: where, subnets: stands, privateDns, groups }] of Object.entries(endpoints)) {
    // DynamoDB has no private DNS for interface endpoints.
    const usualName = !service.endsWith(".dynamodb");
    const expectedPlace = ["Interface", vpc, subnets, usualName, ["ambit-prod-endpoints"]];
    same([type, where, stands, privateDns, groups], expectedPlace, `endpoint ${service}`);
  }
  same(await readSecurityGroups(connection, vpc), expected.securityGroups, "security groups");
}

/** The database and all that it stands on: exactly the handwritten ones. */
export async function checkDatabase(connection: Connection, expected: ExpectedAccount): Promise<void> {
  same(await readDatabases(connection), expected.databases, "databases");
}

/** What starts tasks: exactly the handwritten schedules, rules, queues and functions. */
export async function checkTrails(connection: Connection, expected: ExpectedAccount): Promise<void> {
  same(await readTrails(connection), expected.trails, "trails");
}

export async function checkStarters(connection: Connection, expected: ExpectedAccount): Promise<void> {
  same(await readStarters(connection), expected.starters, "starters");
}

/** What alarms on agents and shows them: exactly the handwritten alarms and dashboards, and the log of metrics. */
export async function checkMonitoring(connection: Connection, expected: ExpectedAccount): Promise<void> {
  const own = Object.entries(await readMonitoring(connection)).filter(([name]) => !OF_STARTERS.test(name));
  same(Object.fromEntries(own), expected.monitoring, "monitoring");
}

/** What SPIRE publishes, as far as moto keeps it. */
export async function checkPublished(connection: Connection, published: PublishedAccount): Promise<void> {
  const buckets = Object.entries(await readBuckets(connection)).filter(([name]) => name in published.buckets);
  same(Object.fromEntries(buckets), published.buckets, "buckets");
  const { bucket, key, type, json } = published.discovery;
  const read = await readObject(connection, bucket, key);
  same([read.type, JSON.parse(read.text ?? "null")], [type, json], "discovery document");
  const distributions = await readDistributions(connection);
  const configs = await Promise.all(distributions.map(({ Id }) => readDistribution(connection, Id)));
  same(configs, [published.distribution], "distributions");
  same(await readOriginAccess(connection), published.originAccess, "origin access");
}

/** What is left of ours, by kind; empty where everything was destroyed. */
export async function leftOver(connection: Connection, { vpc }: VpcNetworkProps): Promise<Record<string, string[]>> {
  const read = {
    roles: await readRoles(connection),
    policies: await readPolicies(connection),
    oidcProviders: await readOidcProviders(connection),
    tables: await readTables(connection),
    keys: await readKeys(connection),
    buckets: await readBuckets(connection),
    endpoints: await readEndpoints(connection),
    securityGroups: await readSecurityGroups(connection, vpc),
    ...(await readDatabases(connection)),
    ...(await readStarters(connection)),
    distributions: Object.fromEntries((await readDistributions(connection)).map(({ ARN }) => [ARN, {}])),
    originAccess: await readOriginAccess(connection),
    monitoring: await readMonitoring(connection),
  };
  const names = Object.entries(read).map(([kind, things]) => [kind, Object.keys(things)] as const);
  return Object.fromEntries(names.filter(([, things]) => things.length > 0));
}

/** By value, as JSON: what is undefined is left out, and lists of words are sets, as IAM reads them. */
export function same(actual: unknown, expected: unknown, what: string): void {
  try {
    deepStrictEqual(plain(actual), plain(expected));
  } catch (error) {
    throw new Error(`${what}: ${(error as Error).message}`);
  }
}

function plain(value: unknown): unknown {
  if (value === undefined) return undefined;
  return JSON.parse(JSON.stringify(value), (_key, each: unknown) =>
    Array.isArray(each) && each.every((item) => typeof item === "string") ? each.sort() : each,
  );
}

function last(text: string, separator: string): string {
  return text.split(separator).at(-1) ?? "";
}
