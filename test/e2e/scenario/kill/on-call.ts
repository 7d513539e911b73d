import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { platform } from "../../../../fleet/platform";
import type { Login } from "../../cluster/aws/login";
import type { OneNode } from "../../cluster/one-node";
import { run } from "../../harness/process";

const ROOT = resolve(__dirname, "../../../..");
const PORT = 8443;
const EXCHANGE = { name: "ambit-exchange", namespace: "ambit-system" };
const SPIFFE_ID = `spiffe://${platform.trustDomain.name}/ns/${EXCHANGE.namespace}/sa/${EXCHANGE.name}`;
const BUNDLE = { name: "spire-bundle", namespace: "spire-system" };

/** Who enters the command, by an ID token of the platform's login */
export interface Operator {
  readonly name: string;
  readonly groups: readonly string[];
}

export const ON_CALL: Operator = { name: "olga", groups: ["on-call"] };

export interface Revoked {
  readonly code: number;
  /** What the person reads */
  readonly text: string;
  /** That the command took */
  readonly seconds: number;
}

/** What is printed of a path by which something may still work */
export interface Horizon {
  readonly path: string;
  readonly seconds: number;
  /** Until when, in milliseconds since the epoch */
  readonly until: number;
}

/** What a person does whose terminal reaches the exchange: `ambit revoke`, as docs/stop-an-agent.md has it */
export async function revoke(
  on: OneNode,
  { people }: Login,
  { name, groups }: Operator,
  [agent, reason]: readonly [agent: string, reason: string],
): Promise<Revoked> {
  const client = on.client("deployer");
  const { spec } = await client.get({ apiVersion: "v1", kind: "Service", metadata: EXCHANGE });
  const { data } = await client.get({ apiVersion: "v1", kind: "ConfigMap", metadata: BUNDLE });
  const [ca, token] = [join(on.folder, "bundle.pem"), join(on.folder, "token.jwt")];
  writeFileSync(ca, authoritiesIn((data as { readonly "bundle.spiffe": string })["bundle.spiffe"]));
  writeFileSync(token, people.idTokenOf(name, groups), { mode: 0o600 });
  const address = `https://${(spec as { readonly clusterIP: string }).clusterIP}:${PORT}`;
  const how = ["--exchange", address, "--ca", ca, "--spiffe-id", SPIFFE_ID, "--id-token", token];
  const ambit = [process.execPath, "-r", "@swc-node/register", join(ROOT, "cli/ambit.ts")];
  const [command, ...args] = on.namespaces.onNetwork(...ambit, "revoke", "agent", agent, "--reason", reason, ...how);
  const begin = performance.now();
  const { code, stdout, stderr } = await run(command, args, { cwd: ROOT });
  return { code, text: `${stdout}${stderr}`, seconds: (performance.now() - begin) / 1_000 };
}

export function horizonIn(text: string): readonly Horizon[] {
  const rows = [...text.matchAll(/^(\S.*?) {2,}(\d+) s {2,}(\S+)/gm)];
  return rows.map(([, path = "", seconds, until = ""]) => ({
    path,
    seconds: Number(seconds),
    until: Date.parse(until),
  }));
}

interface Bundle {
  readonly keys: readonly { readonly use: string; readonly x5c?: readonly string[] }[];
}

/** PEM of the authorities of X.509-SVIDs (SPIFFE Trust Domain and Bundle, section 4) */
function authoritiesIn(bundle: string): string {
  const { keys } = JSON.parse(bundle) as Bundle;
  return keys
    .flatMap(({ use, x5c = [] }) => (use === "x509-svid" ? x5c : []))
    .map((der) => `-----BEGIN CERTIFICATE-----\n${der.replace(/(.{64})(?!$)/g, "$1\n")}\n-----END CERTIFICATE-----\n`)
    .join("");
}
