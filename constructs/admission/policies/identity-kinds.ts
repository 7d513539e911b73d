import { any } from "../private/cel";
import type { Principals } from "../../platform/cluster-checks";
import type { Policy } from "../private/policy";
import { requestedBy } from "../private/requesters";

/** It registers each group of custom resources by itself. */
const BY_API_SERVER = requestedBy({ users: ["system:apiserver"], groups: [] });

/**
 * What: only deployers write the CustomResourceDefinitions of `spire.spiffe.io`, and the APIService that serves them.
 *
 * Why: deleting a kind deletes all its objects without asking `ambit-identity-objects`, a conversion webhook could
 * rewrite objects as they are read, and an APIService could serve them from another server.
 */
export function identityKinds(deployers: Principals): Policy {
  // `dyn`: the two kinds differ. An APIService of the core has no group.
  const group = 'dyn(object == null ? oldObject : object).spec.?group.orValue("")';
  return {
    name: "ambit-identity-kinds",
    rules: [
      {
        apiGroups: ["apiextensions.k8s.io"],
        resources: ["customresourcedefinitions"],
        operations: ["CREATE", "UPDATE", "DELETE"],
      },
      { apiGroups: ["apiregistration.k8s.io"], resources: ["apiservices"], operations: ["CREATE", "UPDATE", "DELETE"] },
    ],
    validations: [
      {
        expression: any(`${group} != "spire.spiffe.io"`, requestedBy(deployers), BY_API_SERVER),
        message: "kinds of spire.spiffe.io are written by the platform's deployers: deploy the stack that holds them",
        messageExpression: `request.userInfo.username + " may not write kinds of spire.spiffe.io: only the platform's deployers may, deploy the stack that holds them"`,
      },
    ],
  };
}
