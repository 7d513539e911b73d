import { join, resolve } from "node:path";
import { starterKeyUse } from "../../../domain/registry/starters";
import { starterIssuer } from "../../../domain/starter";
import { platform } from "../../../fleet/platform";
import type { StarterConfig } from "../../../runtime/starters/config";
import { run } from "../harness/process";
import { USERS_DOMAIN, type WaysInWorld } from "./ways-in-world";

const ROOT = resolve(__dirname, "../../..");

/** One line of a starter's log, or what Lambda is told */
export interface Line {
  readonly event: string;
  readonly status?: number;
  readonly codes?: readonly string[];
  readonly batchItemFailures?: readonly unknown[];
}

/** What of a world a starter reaches, and the KMS that has its key */
export interface StartsAt extends Pick<WaysInWorld, "authorityFile" | "gateway"> {
  readonly kms: { readonly url: string };
}

/** What a starter starts, and how */
export type Started = Pick<StarterConfig, "body" | "from" | "start" | "task"> & {
  readonly agent: "clerk" | "press-watcher" | "release-scribe";
  readonly path: string;
};

/** The starter's own program, with one message after the other: what it tells */
export async function handled(
  at: StartsAt,
  name: string,
  messages: readonly object[],
  { agent, path, ...started }: Started,
): Promise<{ readonly lines: readonly Line[]; readonly said: string }> {
  const config: StarterConfig = {
    ...started,
    name,
    issuer: starterIssuer(name, platform.trustDomain),
    audience: at.gateway.issuer,
    agent: at.gateway.idOf(agent),
    address: `https://${agent}.${USERS_DOMAIN}:${at.gateway.usersPort}${path}`,
    method: "POST",
    key: platform.keyAlias(starterKeyUse(name, "1")),
    region: "eu-central-1",
    kmsEndpoint: at.kms.url,
    ca: at.authorityFile,
  };
  const { stdout } = await run(process.execPath, ["-r", "@swc-node/register", join(__dirname, "starter-process.ts")], {
    cwd: ROOT,
    env: {
      AMBIT_CONFIG_JSON: JSON.stringify(config),
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      STARTER_HOST: at.gateway.host,
      STARTER_MESSAGES: JSON.stringify(messages),
    },
  });
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return { lines: lines.map((line) => JSON.parse(line) as Line), said: stdout };
}

/** A line in short: what happened, and how it ended */
export function told({ event: name, status, batchItemFailures }: Line): readonly unknown[] {
  return [name, batchItemFailures === undefined ? status : batchItemFailures.length === 0 ? "done" : "failed"];
}
