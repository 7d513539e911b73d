import { type Condition, type Statement, valuesOf } from "../../iam";

/** What nobody knows before apply; policies of both sides may name variables of the request. */
const OPEN = /\$\{(?!aws:)/;

/**
 * Whether each Allow of `statements` stands in `others` too: each of its actions, on each of its resources, under the same
 * conditions or fewer. Then nothing else is allowed, whatever denies besides. Quick, and false says nothing.
 */
export function isPlainlyWithin(statements: readonly Statement[], others: readonly Statement[]): boolean {
  if (!others.every(isPlain)) return false;
  const allows = statements.filter(({ Effect: effect }) => effect === "Allow");
  if (OPEN.test(JSON.stringify([allows, others]))) return false;
  const known = others.map(plainOf);
  return allows.every((allow) => {
    if (!isPlain(allow)) return false;
    const { actions, resources, tests } = plainOf(allow);
    const weaker = known.filter((other) => [...other.tests].every((test) => tests.has(test)));
    return [...actions].every((action) =>
      [...resources].every((resource) =>
        weaker.some((other) => other.actions.has(action) && other.resources.has(resource)),
      ),
    );
  });
}

interface Plain {
  readonly actions: ReadonlySet<string>;
  readonly resources: ReadonlySet<string>;
  /** All of its conditions, each as text */
  readonly tests: ReadonlySet<string>;
}

/** Names its actions and its resources, and is about everybody */
function isPlain(statement: Statement): boolean {
  const { Effect: effect, Action: action, Resource: resource } = statement;
  if (effect !== "Allow" || action === undefined || resource === undefined) return false;
  return !("Principal" in statement || "NotPrincipal" in statement);
}

function plainOf({ Action: action = [], Resource: resource = [], Condition: condition }: Statement): Plain {
  return {
    actions: new Set(valuesOf(action)),
    resources: new Set(valuesOf(resource)),
    tests: testsOf(condition),
  };
}

function testsOf(condition: Condition = {}): ReadonlySet<string> {
  return new Set(
    Object.entries(condition).flatMap(([operator, tests]) =>
      Object.entries(tests).map(([key, values]) => JSON.stringify([operator, key, [...valuesOf(values)].sort()])),
    ),
  );
}
