import type { Gained } from "../../../iam/access/difference";
import type { OneOrMany } from "../../../iam";
import type { Access } from "./arbitrary-access";
import { allows, list, type PlainRequest, statementMatches } from "./brute-force";
import { globMatches } from "./brute-force-values";

/** Whether each Allow by which `head` allows `request` is told of, with each of its patterns that the request matches. */
export function isTold(gained: readonly Gained[], head: Access, request: PlainRequest): boolean {
  const strictly = () => false;
  return head.paths.every(({ layers }, path) => {
    const [first, ...others] = layers.map(({ statements }) =>
      statements.filter(
        ({ statement }) => statement.Effect === "Allow" && statementMatches(statement, request, strictly),
      ),
    );
    if (first === undefined || others.some((allowing) => allowing.length === 0)) return true;
    return first.every(({ statement }) => {
      const { Action, NotAction, Resource, NotResource } = statement;
      const actions = list(Action).filter((pattern) => globMatches("action", pattern, request.action, false));
      const resources = list(Resource).filter((pattern) => globMatches("arn", pattern, request.resource, false));
      const except = (patterns: OneOrMany): string => `everything but ${list(patterns).join(", ")}`;
      return (NotAction === undefined ? actions : [except(NotAction)]).every((action) =>
        (NotResource === undefined ? resources : [except(NotResource)]).every((resource) =>
          gained.some(
            (gain) =>
              gain.statement.statement === statement &&
              gain.path === head.paths[path]?.name &&
              gain.action === action &&
              gain.resource === resource,
          ),
        ),
      );
    });
  });
}

/** Whether `head` allows and `base` does not, for some value of the unknowns. */
export function mayBeGained(base: Access, head: Access, request: PlainRequest): boolean {
  const names = new Set<string>();
  const isGained = (reading: (name: string) => boolean): boolean =>
    [allows(head, request, reading), allows(base, request, reading)].join() === "true,false";
  for (let known = -1; known < names.size;) {
    known = names.size;
    const all = [...names];
    for (let bits = 0; bits < 2 ** Math.min(all.length, 12); bits++) {
      const reading = (name: string): boolean => {
        names.add(name);
        return ((bits >> all.indexOf(name)) & 1) === 1;
      };
      if (isGained(reading)) return true;
    }
  }
  return false;
}
