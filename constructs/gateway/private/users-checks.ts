import { type Fleet, plainString, refuse, shown } from "../../../domain";
import { checkedCidr } from "../../platform/network";
import type { Platform } from "../../platform/platform";
import { isPublic } from "../../platform/public-ways";
import type { GatewayUsers } from "../gateway-users";

const CODE = "gateway.malformed";
const REQUESTS = { default: 50, most: 10_000 };
const ANYWHERE = "0.0.0.0/0";

/**
 * The listener for users, with its defaults settled
 *
 * @throws DeclarationError `gateway.malformed`, `platform.malformed`
 */
export function usersOf(
  users: GatewayUsers,
  { userListener }: Platform,
  fleet: Fleet,
  where: string,
): Required<GatewayUsers> {
  if (userListener === undefined) {
    const what = "users needs the domain below which users reach agents, and the platform has no userListener";
    refuse(CODE, where, `${what}: write userListener, or leave users out`);
  }
  if (!fleet.agents.some((agent) => agent.ways.some(({ facts }) => isPublic(agent, facts)))) {
    const what =
      "users needs a way in that a user, a schedule or an event may start, and no agent of the fleet has one";
    refuse(CODE, where, `${what}: declare serves, or leave users out`);
  }
  return {
    certificate: secretName(users.certificate, where),
    origins: (users.origins ?? []).map((origin) => httpsOrigin(origin, where)),
    requestsPerSecond: rate(users.requestsPerSecond ?? REQUESTS.default, where),
    clientCidrs: clients(users.clientCidrs ?? [ANYWHERE], where),
    annotations: users.annotations ?? {},
  };
}

function secretName(value: string, where: string): string {
  const name = plainString(value, where, "users.certificate", CODE);
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) {
    const what = "users.certificate must be the name of a Kubernetes secret";
    refuse(CODE, where, `${what}, got ${shown(name)}: write one such as "ambit-users-tls"`);
  }
  return name;
}

/** As browsers write it (RFC 6454 section 6.1): compared as text, so another spelling would never be theirs. */
function httpsOrigin(value: string, where: string): string {
  const origin = plainString(value, where, "users.origins", CODE);
  const host = /^https:\/\/[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;
  if (!host.test(origin) || !URL.canParse(origin) || new URL(origin).origin !== origin) {
    const what = "users.origins must hold https origins without path, wildcard and default port";
    refuse(CODE, where, `${what}, got ${shown(origin)}: write one such as "https://desk.acme.example"`);
  }
  return origin;
}

function rate(value: number, where: string): number {
  if (!Number.isInteger(value) || value < 1 || value > REQUESTS.most) {
    const what = `users.requestsPerSecond must be a whole number from 1 to ${REQUESTS.most}`;
    refuse(CODE, where, `${what}, got ${shown(value)}: ${REQUESTS.default} is the default`);
  }
  return value;
}

function clients(cidrs: readonly string[], where: string): readonly string[] {
  if (cidrs.length === 0) {
    const what = "users.clientCidrs must name the address ranges that may connect, got []";
    refuse(CODE, where, `${what}: leave it out where all may, or leave users out where none may`);
  }
  return cidrs.map((cidr) => (cidr === ANYWHERE ? cidr : checkedCidr(cidr, where, "users.clientCidrs")));
}
