import { isRecord } from "../../../domain/is-record";
import type { FleetTool } from "../../registry/registry";
import type { AccessTokenClaims } from "../../token/access-token";
import { Denial } from "../denial";
import type { Arguments } from "../request/recognised-call";

/**
 * A service identity has the rights of all users that it serves: a bound parameter must be the claim of this token.
 *
 * @throws Denial `call.bound`
 */
export function checkBound(actsAs: FleetTool["actsAs"], args: Arguments, claims: AccessTokenClaims): void {
  if (actsAs === "user") return;
  for (const [name, path] of Object.entries(actsAs.bind)) {
    const claim = claimAt(claims, path);
    if (claim === undefined) throw Denial.of("call.bound", `the token has no claim ${path}, which ${name} is bound to`);
    if (!Object.hasOwn(args, name) || args[name] !== claim) {
      throw Denial.of("call.bound", `${JSON.stringify(name)} must be the claim ${path} of the token`);
    }
  }
}

/** @param path such as `act.sub` */
function claimAt(claims: AccessTokenClaims, path: string): string | undefined {
  let at: unknown = claims;
  for (const name of path.split(".")) at = isRecord(at) && Object.hasOwn(at, name) ? at[name] : undefined;
  return typeof at === "string" ? at : undefined;
}
