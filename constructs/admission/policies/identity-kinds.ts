import { any } from "../private/cel";
import type { Policy } from "../private/policy";
import { type Principals, requestedBy } from "../private/requesters";

/**
 * What: only deployers write the CustomResourceDefinitions of `spire.spiffe.io`.
 *
 * Why: to delete a kind deletes all its objects without asking `ambit-identity-objects`, and a conversion webhook
 * would change what is read from them.
 */
export function identityKinds(deployers: Principals): Policy {
  const group = "(object == null ? oldObject : object).spec.group";
  return {
    name: "ambit-identity-kinds",
    rules: [
      {
        apiGroups: ["apiextensions.k8s.io"],
        resources: ["customresourcedefinitions"],
        operations: ["CREATE", "UPDATE", "DELETE"],
      },
    ],
    validations: [
      {
        expression: any(`${group} != "spire.spiffe.io"`, requestedBy(deployers)),
        message: "kinds of spire.spiffe.io are written by the platform's deployers: deploy the stack that holds them",
        messageExpression: `request.userInfo.username + " may not write kinds of spire.spiffe.io: only the platform's deployers may, deploy the stack that holds them"`,
      },
    ],
  };
}
