import { run } from "../harness/process";
import type { OneNode } from "./one-node";

export interface UserAsks {
  /** PEM of the authority that the certificate is of */
  readonly authority: string;
  readonly host: string;
  readonly path: string;
  /** Shown in Authorization @default - nothing */
  readonly evidence?: string;
  /** @default "POST" */
  readonly method?: "GET" | "POST";
  /** Whether the certificate is looked at @default true */
  readonly verifies?: boolean;
  /** In the header Host @default - the host */
  readonly named?: string;
  readonly body?: object;
}

export interface UserGets {
  readonly status: number;
  readonly text: string;
  readonly run: string | null;
}

/** Asks over TLS by a host name, at an address that another name may have, as through a load balancer. */
const ASK = `
const { address, port, authority, host, named = host, method = "POST", path, evidence, body, verifies = true } = JSON.parse(process.argv[1]);
const headers = { host: named, "content-type": "application/json", ...(evidence && { authorization: "Bearer " + evidence }) };
const options = { host: address, port, servername: host, ca: authority, method, path, headers, timeout: 60000, rejectUnauthorized: verifies };
const sent = require("node:https").request(options, (response) => {
  let text = "";
  response.on("data", (part) => (text += part)).on("end", () => {
    console.log(JSON.stringify({ status: response.statusCode, text, run: response.headers["ambit-run"] ?? null }));
  });
});
sent.on("timeout", () => sent.destroy(new Error("late")));
sent.on("error", ({ code, message }) => console.log(JSON.stringify({ status: 0, text: code ?? message, run: null })));
sent.end(method === "GET" ? undefined : JSON.stringify(body ?? {}));
`;

/** A user's client, outside the pods: it knows a host, a path and a token. */
export async function askAsUser(
  on: OneNode,
  at: readonly [address: string, port: number],
  asks: UserAsks,
): Promise<UserGets> {
  const [address, port] = at;
  const program = [process.execPath, "-e", ASK, JSON.stringify({ address, port, ...asks })];
  const [command, ...args] = on.namespaces.onNetwork(...program);
  const { code, stdout, tail } = await run(command, args);
  if (code !== 0) throw new Error(`the user's client failed: ${tail}`);
  return JSON.parse(stdout) as UserGets;
}
