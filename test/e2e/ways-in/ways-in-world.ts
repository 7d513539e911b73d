import { KMSClient } from "@aws-sdk/client-kms";
import { copyFileSync, realpathSync, writeFileSync } from "node:fs";
import { KmsSigner } from "../../../runtime/signer/kms-signer";
import { certificate } from "../../support/certificate";
import { KmsServer } from "../../support/kms-server";
import { join } from "node:path";
import { GatewayWorld } from "../gateway/gateway-world";
import { npmNode, type NpmPrograms } from "../harness/npm-node";
import type { Suite } from "../harness/suite";
import type { SpirePrograms } from "../spire/programs";
import { asked, type UserAnswer, type UserRequest } from "./caller";
import { Pod, type PodOptions } from "./pod";
import { waysInFleet } from "./ways-in-fleet";

/** Below which users reach agents */
export const USERS_DOMAIN = "agents.acme.example";
export const ORIGIN = "https://desk.acme.example";
export const CLERK_HOST = `clerk.${USERS_DOMAIN}`;
/** As Kubernetes names the pods of an agent */
const serviceOf = (agent: Serving): string => `ambit-${agent}.office.svc.cluster.local`;

/** Agents that serve, with their ways in */
const WAYS = {
  clerk: ["http", "records", "questions", "events", "digests"],
  payer: ["http", "a2a"],
  filer: ["http"],
} as const;
type Serving = keyof typeof WAYS;

/** The gateway with a listener for users, whose agents are here */
export class WaysInWorld {
  private constructor(
    private readonly suite: Suite,
    public readonly gateway: GatewayWorld,
    private readonly web: NpmPrograms,
    /** PEM of the authority that vouches for the listener */
    private readonly authority: string,
    /** That has the keys of starters */
    public readonly kms: KmsServer,
  ) {}

  public static async start(suite: Suite, spire: SpirePrograms, envoy: string): Promise<WaysInWorld> {
    const web = await npmNode("web", join(__dirname, "../engines/web"));
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
    const world = new WaysInWorld(suite, gateway, web, authority.cert, kms);
    writeFileSync(world.authorityFile, authority.cert);
    for (const agent of ["payer", "filer"] as const) {
      copyFileSync(realpathSync(process.execPath), world.companionOf(agent));
      await gateway.spire.register(realpathSync(world.companionOf(agent)), `/ns/office/sa/${agent}`);
    }
    return world;
  }

  /** Path of the authority that vouches for the listener */
  public get authorityFile(): string {
    return this.gateway.path("users-authority.pem");
  }

  /** A pod of the agent; its service leads to it when that is said. */
  public pod(agent: Serving, address: string, options: Pick<PodOptions, "concurrency"> = {}): Promise<Pod> {
    const companion = this.companionOf(agent);
    return Pod.start(this.suite, this.gateway, this.web, { ...options, address, companion, ways: WAYS[agent] });
  }

  /** Where the agent's pods are, from the next lookup on */
  public podsAt(agent: Serving, ...addresses: readonly string[]): void {
    this.gateway.names.addresses.set(serviceOf(agent), addresses);
  }

  /** Each a file of its own, by whose path SPIRE tells them apart */
  private companionOf(agent: Serving): string {
    return this.gateway.path(agent === "clerk" ? "companion" : `companion-${agent}`);
  }

  /** What a user's client asks of the clerk */
  public ask(wanted: Omit<UserRequest, "host"> & { readonly host?: string }): Promise<UserAnswer> {
    return asked(this.gateway, this.authority, { host: CLERK_HOST, ...wanted });
  }

  public evidence(task: string, user = "alice"): string {
    return this.gateway.evidence("clerk", task, user);
  }
}
