import { KMSClient } from "@aws-sdk/client-kms";
import { copyFileSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type PushedTo, pushedTo } from "../../../domain/pushes";
import { KmsSigner } from "../../../runtime/signer/kms-signer";
import { certificate } from "../../support/certificate";
import { KmsServer } from "../../support/kms-server";
import { pathOf } from "../gateway/gateway-identities";
import { GatewayWorld } from "../gateway/gateway-world";
import { npmNode, type NpmPrograms } from "../harness/npm-node";
import { pythonWith } from "../harness/python";
import type { Suite } from "../harness/suite";
import type { SpirePrograms } from "../spire/programs";
import { asked, type UserAnswer, type UserRequest } from "./caller";
import { type AgentCode, Pod, type PodOptions } from "./pod";
import { waysInFleet } from "./ways-in-fleet";

/** Below which users reach agents */
export const USERS_DOMAIN = "agents.acme.example";
export const ORIGIN = "https://desk.acme.example";
export const CLERK_HOST = `clerk.${USERS_DOMAIN}`;
const EXAMPLES = resolve(__dirname, "../../../examples");
/** As Kubernetes names the pods of an agent */
const serviceOf = (agent: Serving): string => `ambit-${agent}.office.svc.cluster.local`;

/** Agents that serve, with their ways in, those of A2A with their paths */
const WAYS = {
  clerk: { http: undefined, records: undefined, questions: undefined, events: undefined, digests: undefined },
  payer: { http: undefined, a2a: "/a2a" },
  filer: { http: undefined },
  "support-triage": { http: undefined },
  researcher: { a2a: "/" },
  "web-reader": { a2a: "/" },
  "release-scribe": { http: undefined },
  "press-watcher": { http: undefined },
} as const;
type Serving = keyof typeof WAYS;
const SERVING = Object.keys(WAYS) as readonly Serving[];

/** What runs agents and clients that others wrote */
interface Programs {
  readonly web: NpmPrograms;
  readonly python: string;
}

/** The gateway with a listener for users, whose agents are here */
export class WaysInWorld {
  private constructor(
    private readonly suite: Suite,
    public readonly gateway: GatewayWorld,
    public readonly programs: Programs,
    /** PEM of the authority that vouches for the listener */
    private readonly authority: string,
    /** That has the keys of starters */
    public readonly kms: KmsServer,
  ) {}

  public static async start(suite: Suite, spire: SpirePrograms, envoy: string): Promise<WaysInWorld> {
    const [web, python] = await Promise.all([
      npmNode("web", join(__dirname, "../engines/web")),
      pythonWith("examples-python", join(EXAMPLES, "support-triage")),
    ]);
    const authority = certificate({ commonName: "users' authority" });
    const issuer = { commonName: "users' authority", key: authority.key };
    const served = certificate({ commonName: "agents", dnsNames: [`*.${USERS_DOMAIN}`], issuer });
    const kms = await KmsServer.start();
    suite.afterwards(() => kms.close());
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new KMSClient({ endpoint: kms.url, region: "eu-central-1", credentials });
    const gateway = await GatewayWorld.start(suite, spire, envoy, {
      fleet: waysInFleet,
      starterKeys: (alias) => KmsSigner.of({ client, key: alias, keyId: alias }),
      users: { domain: USERS_DOMAIN, certificate: served, origins: [ORIGIN] },
    });
    const world = new WaysInWorld(suite, gateway, { web, python }, authority.cert, kms);
    writeFileSync(world.authorityFile, authority.cert);
    for (const agent of SERVING.filter((each) => each !== "clerk")) {
      copyFileSync(realpathSync(process.execPath), world.companionOf(agent));
      await gateway.spire.register(realpathSync(world.companionOf(agent)), pathOf(agent));
    }
    return world;
  }

  /** Path of the authority that vouches for the listener */
  public get authorityFile(): string {
    return this.gateway.path("users-authority.pem");
  }

  /** A pod of the agent; its service leads to it when that is said. */
  public pod(
    agent: Serving,
    address: string,
    options: Pick<PodOptions, "concurrency" | "drainSeconds"> & Pick<AgentCode, "env"> = {},
  ): Promise<Pod> {
    const companion = this.companionOf(agent);
    const { env = {}, ...rest } = options;
    const code = { ...this.codeOf(agent), env };
    const pushes = this.pushesOf(agent);
    return Pod.start(this.suite, this.gateway, { ...rest, address, companion, code, ways: WAYS[agent], pushes });
  }

  /** Where an agent pushes, as it declares it, by the name of the way in */
  public pushesOf(agent: Serving): Readonly<Record<string, PushedTo>> {
    const { ways = [] } = waysInFleet(this.gateway.tool.port).agents.find(({ name }) => name === agent) ?? {};
    return Object.fromEntries(
      ways.flatMap(({ facts: { name, pushes } }) => (pushes ? [[name, pushedTo(pushes)]] : [])),
    );
  }

  /** Where the agent's pods are, from the next lookup on */
  public podsAt(agent: Serving, ...addresses: readonly string[]): void {
    this.gateway.names.addresses.set(serviceOf(agent), addresses);
  }

  private codeOf(agent: Serving): AgentCode {
    if (agent === "clerk" || agent === "payer" || agent === "filer")
      return { name: "the desk", ...this.javascript(join(__dirname, "desk.mjs")) };
    if (agent === "researcher" || agent === "release-scribe")
      return { name: agent, ...this.javascript(join(EXAMPLES, agent, "agent.mjs")) };
    return { name: agent, command: this.programs.python, args: [join(EXAMPLES, agent, "agent.py")] };
  }

  /** A script beside the packages that npm has put elsewhere: it is run where a link to it lies, and is read where it is. */
  public javascript(script: string): Pick<AgentCode, "args" | "command"> {
    const { node, modules } = this.programs.web;
    const folder = this.gateway.path(`run-${(this.scripts += 1)}`);
    mkdirSync(folder);
    symlinkSync(modules, join(folder, "node_modules"));
    symlinkSync(script, join(folder, "script.mjs"));
    return { command: node, args: ["--preserve-symlinks", "--preserve-symlinks-main", join(folder, "script.mjs")] };
  }

  private scripts = 0;

  /** Each a file of its own, by whose path SPIRE tells them apart */
  private companionOf(agent: Serving): string {
    return this.gateway.path(agent === "clerk" ? "companion" : `companion-${agent}`);
  }

  /** What a user's client asks of the clerk */
  public ask(wanted: Omit<UserRequest, "host"> & { readonly host?: string }): Promise<UserAnswer> {
    return asked(this.gateway, this.authority, { host: CLERK_HOST, ...wanted });
  }

  /** Of a request of the clerk's, with which clients beside it work for that request as it does */
  public async handle(task: string, user: string): Promise<string> {
    const { status, text } = await this.ask({ path: "/questions/handle", evidence: this.evidence(task, user) });
    if (status !== 200) throw new Error(`${status} ${text}`);
    return (JSON.parse(text) as { readonly handle: string }).handle;
  }

  public evidence(task: string, user = "alice", agent: Serving = "clerk"): string {
    return this.gateway.evidence(agent, task, user);
  }
}
