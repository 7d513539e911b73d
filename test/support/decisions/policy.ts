import {
  isDelegateTool,
  policyDocument,
  type PolicyDocument,
  policyFactsOf,
  policyProblems,
  registryOf,
} from "../../../domain";
import { fleet } from "../../../fleet";
import { platform } from "../../../fleet/platform";
import { withSelfStartingReader } from "../self-starting-reader";
import { type Edit, edited } from "./edit";

/** What the example fleet declares, and a task that starts itself */
export const examplePolicy: PolicyDocument = withSelfStartingReader(
  policyDocument(registryOf(fleet, platform), policyFactsOf(fleet, { intentRequired: false })),
);

const idOf: ReadonlyMap<string, string> = new Map(
  Object.entries(examplePolicy.agents).map(([id, { name }]) => [name, id] as const),
);
const made = new Map<string, PolicyDocument>([["{}", examplePolicy]]);

/**
 * The example's policy document with edits by path, such as `agents/researcher/suspended`: there agents go by their names.
 * Equal edits give the same object.
 *
 * @throws Error where the edits make no policy document
 */
export function policyWith(edits: Readonly<Record<string, unknown>>, where: string): PolicyDocument {
  const key = JSON.stringify(edits);
  const known = made.get(key);
  if (known !== undefined) return known;
  const policy = edited(
    examplePolicy,
    Object.entries(edits).map(([path, value]): Edit => [keysOf(path, where), value]),
    where,
  );
  const problems = [...policyProblems(policy), ...otherTools(policy)];
  if (problems.length > 0) throw new Error(`${where}: the edits make no policy document: ${problems.join("; ")}`);
  made.set(key, policy);
  return policy;
}

function keysOf(path: string, where: string): readonly string[] {
  const [first = "", second, ...rest] = path.split("/");
  if (first !== "agents" || second === undefined) return path.split("/");
  const id = idOf.get(second);
  if (id === undefined)
    throw new Error(`${where}: no such agent: ${second}, name one of ${[...idOf.keys()].join(", ")}`);
  return [first, id, ...rest];
}

/** Where a task names other tools than those of its actions, which synth never writes */
function otherTools({ agents }: PolicyDocument): readonly string[] {
  return Object.values(agents).flatMap(({ name, tasks }) =>
    Object.entries(tasks).flatMap(([task, { actions, tools }]) => {
      const called = Object.keys(actions).filter((action) => !isDelegateTool(action));
      const named = [...new Set(called.map((action) => action.split(".")[0]))].sort();
      const same = Object.keys(tools).sort().join() === named.join();
      return same ? [] : [`tools of ${name}.${task} must be those of its actions: ${named.join(", ")}`];
    }),
  );
}
