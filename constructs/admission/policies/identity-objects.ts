import { all, any } from "../private/cel";
import type { Principals } from "../../platform/cluster-checks";
import type { Policy } from "../private/policy";
import { BY_SPIRE_SERVER, requestedBy } from "../private/requesters";

/**
 * What: only deployers write objects of `spire.spiffe.io`, of any kind; the controller manager writes their status. No
 * request may write an entry with `admin` or `downstream`.
 *
 * Why: a user who can write such an object can mint any identity of the trust domain. An `admin` entry can do the same
 * through the server's API, and a `downstream` entry signs a CA of its own.
 */
export function identityObjects(deployers: Principals): Policy {
  return {
    name: "ambit-identity-objects",
    rules: [{ apiGroups: ["spire.spiffe.io"], resources: ["*/*"], operations: ["CREATE", "UPDATE", "DELETE"] }],
    validations: [
      {
        expression: any(requestedBy(deployers), all(BY_SPIRE_SERVER, `request.?subResource.orValue("") == "status"`)),
        message: "objects of spire.spiffe.io are written by the platform's deployers: declare an agent instead",
        messageExpression: `request.userInfo.username + " may not write " + request.resource.resource + " of spire.spiffe.io: only the platform's deployers may, declare an agent instead"`,
      },
      {
        expression: `dyn(object).?spec.?admin.orValue(false) != true`,
        message: "no entry may have admin: true, because it could mint any identity: leave admin out",
      },
      {
        expression: `dyn(object).?spec.?downstream.orValue(false) != true`,
        message: "no entry may have downstream: true, because it would sign a CA of its own: leave downstream out",
      },
    ],
  };
}
