/**
 * How long clients with an open connection wait while another address makes 40 whole handshakes at once, with a chain of 4:
 *
 *     node -r @swc-node/register test/bench/handshakes.ts
 *
 * Server, burst and bystanders are processes of their own. The bystander asks again 5 ms after each answer.
 */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { Agent, request } from "node:https";
import { connect as connectTcp } from "node:net";
import { connect } from "node:tls";
import { setTimeout as after } from "node:timers/promises";
import { Hono } from "hono";
import { DevelopmentAuthority } from "../../cli/dev/development-authority";
import { NodeServer } from "../../runtime/exchange/http/node-server";
import type { Environment } from "../../runtime/exchange/http/parts";
import type { Certified } from "../support/certificate";
import { chainOf } from "../support/exchange/chains";

const HANDSHAKES = 40;
const ROUNDS = 10;
const PAUSE_MILLISECONDS = 5;
const BURST_ADDRESSES = ["127.0.0.1", "127.0.0.3", "127.0.0.4", "127.0.0.5"];

interface Burst {
  readonly name: string;
  readonly curve: string | undefined;
  readonly group: string;
  /** From how many addresses */
  readonly addresses: number;
}

const BURSTS: readonly Burst[] = [
  { name: "none", curve: undefined, group: "", addresses: 0 },
  { name: "P-256, group X25519", curve: "P-256", group: "X25519", addresses: 1 },
  { name: "P-384, group X25519", curve: "P-384", group: "X25519", addresses: 1 },
  { name: "P-384, group P-384", curve: "P-384", group: "P-384", addresses: 1 },
  { name: "P-521, group X25519", curve: "P-521", group: "X25519", addresses: 1 },
  { name: "P-521, group P-521", curve: "P-521", group: "P-521", addresses: 1 },
  { name: "P-256, group ffdhe8192", curve: "P-256", group: "ffdhe8192", addresses: 1 },
  { name: "P-384, group X25519", curve: "P-384", group: "X25519", addresses: 4 },
];

async function serve(): Promise<void> {
  const identity = new DevelopmentAuthority("prod.acme.example").x509Svid("spiffe://prod.acme.example/exchange");
  const app = new Hono<Environment>();
  app.all("/", ({ text }) => text("ok"));
  const server = new NodeServer(app, identity, () => undefined);
  process.send?.(await server.listen("0.0.0.0", 0));
}

interface BurstProps {
  readonly port: number;
  readonly chain: Certified;
  readonly group: string;
  readonly localAddress: string;
}

function burst({ port, chain, group, localAddress }: BurstProps): void {
  for (let n = 0; n < HANDSHAKES; n += 1) {
    const socket = connectTcp({ host: "127.0.0.1", port, localAddress });
    connect({ ...chain, socket, ecdhCurve: group, rejectUnauthorized: false }).on("error", () => undefined);
  }
}

async function bystander({ port }: { port: number }): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false, localAddress: "127.0.0.2" });
  const waits: number[] = [];
  let isOver = false;
  process.on("message", () => (isOver = true));
  for (let n = 0; !isOver; n += 1) {
    const begun = performance.now();
    await new Promise((resolve) => {
      request({ host: "127.0.0.1", port, agent, method: "POST" }, (answer) => answer.resume().on("end", resolve)).end();
    });
    waits.push(performance.now() - begun);
    if (n === 0) process.send?.("ready");
    await after(PAUSE_MILLISECONDS);
  }
  process.send?.(waits);
}

function started(role: string, props: object = {}): ChildProcess {
  return fork(__filename, [role, JSON.stringify(props)], { execArgv: ["-r", "@swc-node/register"] });
}

async function told<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, "message")) as [T];
  return message;
}

async function measured({ curve, group, addresses }: Burst): Promise<readonly number[]> {
  const waits: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const server = started("serve");
    const port = await told<number>(server);
    const watching = started("bystander", { port });
    await told(watching);
    const chain = curve === undefined ? undefined : chainOf(4, curve);
    const bursts = BURST_ADDRESSES.slice(0, addresses).map((localAddress) =>
      started("burst", { port, chain, group, localAddress }),
    );
    await after(1_500);
    watching.send("end");
    waits.push(...(await told<number[]>(watching)).slice(1));
    for (const child of [server, watching, ...bursts]) child.kill();
  }
  return waits.sort((a, b) => a - b);
}

async function main(): Promise<void> {
  process.stdout.write(`${"burst | addresses | p50 ms | p99 ms | max ms"}\n`);
  for (const one of BURSTS) {
    const waits = await measured(one);
    const at = (share: number) => (waits[Math.min(waits.length - 1, Math.floor(waits.length * share))] ?? 0).toFixed(1);
    process.stdout.write(`${[one.name, one.addresses, at(0.5), at(0.99), at(1)].join(" | ")}\n`);
  }
}

const [role, props = "{}"] = process.argv.slice(2);
const roles: Record<string, (props: never) => unknown> = { serve, burst, bystander };
void (roles[role ?? ""] ?? main)(JSON.parse(props) as never);
