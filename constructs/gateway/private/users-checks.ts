import { type Fleet, plainString, refuse, shown } from "../../../domain";
import type { Platform } from "../../platform/platform";
import { ANYWHERE, clientRanges, secretName } from "../../platform/public-listener";
import { isPublic } from "../../platform/public-ways";
import type { GatewayUsers } from "../gateway-users";

const CODE = "gateway.malformed";
const REQUESTS = { default: 50, most: 10_000 };

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
    certificate: secretName(users.certificate, { code: CODE, where, property: "users.certificate" }),
    origins: (users.origins ?? []).map((origin) => httpsOrigin(origin, where)),
    requestsPerSecond: rate(users.requestsPerSecond ?? REQUESTS.default, where),
    clientCidrs: clientRanges(users.clientCidrs ?? [ANYWHERE], { code: CODE, where, property: "users.clientCidrs" }),
    annotations: users.annotations ?? {},
  };
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
