import { isIPv6 } from "node:net";
import { COMPANION_PORTS } from "../../../domain/companion-ports";
import type { FleetAgent } from "../../registry/registry";
import { runTag } from "../../run-tag";
import { Denial } from "../denial";
import type { Reference } from "./started";

/** Looks up all addresses of a name. @throws if the lookup fails */
export type AddressesOf = (hostname: string) => Promise<readonly string[]>;

/** Picks among an agent's pods, by its headless service. The chosen pod must present the agent's SVID. */
export class AgentPods {
  private turn = 0;

  /** @param clusterDomain of the names of services, such as `cluster.local` */
  constructor(
    private readonly addressesOf: AddressesOf,
    private readonly clusterDomain: string,
  ) {}

  /**
   * Address with its port, as Envoy reads it: of the pod that has the run, where the request joins one and that pod is there
   *
   * @throws Denial `way.agent`
   */
  public async of(
    { name, namespace }: Pick<FleetAgent, "name" | "namespace">,
    joins: Reference | undefined,
  ): Promise<string> {
    const addresses = await this.known(`ambit-${name}.${namespace}.svc.${this.clusterDomain}`);
    const own = joins && addresses.find((address) => runTag(joins.run, address) === joins.tag);
    this.turn += 1;
    const address = own ?? addresses[this.turn % addresses.length];
    if (address === undefined) throw Denial.of("way.agent");
    return `${isIPv6(address) ? `[${address}]` : address}:${COMPANION_PORTS.inbound}`;
  }

  private async known(hostname: string): Promise<readonly string[]> {
    try {
      return await this.addressesOf(hostname);
    } catch (error) {
      throw Denial.of("way.agent", undefined, { cause: error });
    }
  }
}
