import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { type PolicyDocument, policyJson } from "../../../domain";
import { OPA_FOLDER } from "../../../policies/paths";
import { OpaEngine } from "../../../runtime/decision/opa-engine";
import { examplePolicy } from "../../support/decisions/policy";
import { serve } from "../harness/server";

/** For one decision: the machine may be busy, and time limits are not what the cases are about. */
const TIMEOUT_MS = 10_000;
const REVISION = 7;

/** OPA with the rules that ship, read from their files, and a policy that may be replaced */
export interface LocalOpa {
  readonly engine: OpaEngine;
  /** From now on, this policy decides. Revision 0 stands for a policy that has none. */
  readonly decideBy: (policy: PolicyDocument, revision: number) => Promise<void>;
}

/**
 * Start OPA on a Unix socket with the policy of the example fleet, and stop it when `act` has ended.
 *
 * @param folder own folder, with a short path: the socket lies in it
 */
export async function withOpa<T>(program: string, folder: string, act: (opa: LocalOpa) => Promise<T>): Promise<T> {
  const socket = join(folder, "opa.sock");
  const data = join(folder, "data");
  write(join(data, "ambit/fleet/data.json"), policyJson(examplePolicy));
  write(join(data, "ambit/revision/data.json"), JSON.stringify({ number: REVISION }));
  const server = await serve({
    name: "opa",
    command: program,
    args: [
      "run",
      "--server",
      `--addr=unix://${socket}`,
      "--log-level=error",
      "--disable-telemetry",
      "--ignore=test",
      OPA_FOLDER,
      data,
    ],
    ready: async () => (await asked(socket, "GET", "/health")) === 200,
  });
  const engine = new OpaEngine({ server: { socket }, timeoutMs: TIMEOUT_MS });
  try {
    return await act({ engine, decideBy: (policy, revision) => replace(socket, policy, revision) });
  } finally {
    engine.close();
    await server.stop();
  }
}

async function replace(socket: string, policy: PolicyDocument, revision: number): Promise<void> {
  await put(socket, "fleet", policy);
  await put(socket, "revision", revision === 0 ? {} : { number: revision });
}

async function put(socket: string, name: string, value: unknown): Promise<void> {
  const status = await asked(socket, "PUT", `/v1/data/ambit/${name}`, JSON.stringify(value));
  if (status !== 204) throw new Error(`OPA must take the data ${name} with status 204, got ${status}`);
}

function asked(socketPath: string, method: string, path: string, body = ""): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method, path, headers: { "content-type": "application/json" } }, (answer) => {
      answer.resume().on("end", () => resolve(answer.statusCode));
    });
    asking.on("error", reject).end(body);
  });
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
