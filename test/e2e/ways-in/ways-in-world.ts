import { certificate } from "../../support/certificate";
import { join } from "node:path";
import { GatewayWorld } from "../gateway/gateway-world";
import { npmNode, type NpmPrograms } from "../harness/npm-node";
import type { Suite } from "../harness/suite";
import type { SpirePrograms } from "../spire/programs";
import { asked, type UserAnswer, type UserRequest } from "./caller";
import { waysInFleet } from "./ways-in-fleet";

/** Below which users reach agents */
export const USERS_DOMAIN = "agents.acme.example";
export const ORIGIN = "https://desk.acme.example";
export const CLERK_HOST = `clerk.${USERS_DOMAIN}`;
/** As Kubernetes names the pods of the clerk */
const CLERK_SERVICE = "ambit-clerk.office.svc.cluster.local";

/** The gateway with a listener for users, whose agents are here */
export class WaysInWorld {
  private constructor(
    public readonly gateway: GatewayWorld,
    public readonly web: NpmPrograms,
    /** PEM of the authority that vouches for the listener */
    private readonly authority: string,
  ) {}

  public static async start(suite: Suite, spire: SpirePrograms, envoy: string): Promise<WaysInWorld> {
    const web = await npmNode("web", join(__dirname, "../engines/web"));
    const authority = certificate({ commonName: "users' authority" });
    const issuer = { commonName: "users' authority", key: authority.key };
    const served = certificate({ commonName: "agents", dnsNames: [`*.${USERS_DOMAIN}`], issuer });
    const gateway = await GatewayWorld.start(suite, spire, envoy, {
      fleet: waysInFleet,
      users: { domain: USERS_DOMAIN, certificate: served, origins: [ORIGIN] },
    });
    return new WaysInWorld(gateway, web, authority.cert);
  }

  /** Where the clerk's pods are, from the next lookup on */
  public podsAt(...addresses: readonly string[]): void {
    this.gateway.names.addresses.set(CLERK_SERVICE, addresses);
  }

  /** What a user's client asks of the clerk */
  public ask(wanted: Omit<UserRequest, "host"> & { readonly host?: string }): Promise<UserAnswer> {
    return asked(this.gateway, this.authority, { host: CLERK_HOST, ...wanted });
  }

  public evidence(task: string, user = "alice"): string {
    return this.gateway.evidence("clerk", task, user);
  }
}
