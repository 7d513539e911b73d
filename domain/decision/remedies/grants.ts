import { likely } from "../../nearest";
import { own } from "../../own";
import type { Change, Explanation } from "./change";
import { withInput, withNames, withOwnTask, withRequest } from "./edit";
import { type Facts, lacking } from "./facts";
import { delegateOf, edgeIsMissing } from "./handing-on";
import { otherTask } from "./task";
import { unnameable } from "./naming";
import { access, allow, byDataset, datasetAndKind, listed, variable } from "./wording";

const TOOL = "tool:";
/** What a declaration can grant */
const KINDS = ["read", "list", "scan", "write", "delete"];

export function audienceIsNotGranted(facts: Facts): Explanation {
  const { task, input, name } = facts;
  const { audience } = input.token;
  const granted = [
    ...(Object.keys(task?.delegates ?? {}).length > 0 ? ["exchange"] : []),
    ...(task?.aws ? ["aws"] : []),
    ...Object.keys(task?.tools ?? {}).map((tool) => `${TOOL}${tool}`),
  ].sort();
  const about = { agent: input.agent.name, task: input.task };
  const explained = { what: `${name} grants nothing at ${audience} (${listed(granted)})`, about };
  const instead =
    otherTask(facts) ??
    declaredAudience(facts) ??
    otherAudience(likely(audience, granted) ?? granted.find((other) => other.startsWith(TOOL)) ?? granted[0]);
  if (instead !== undefined) return { ...explained, changes: [instead] };
  return { ...explained, changes: [], hopeless: `${name} grants nothing at all, so there is no token for it` };
}

export function actionIsNotGranted(facts: Facts): Explanation {
  const { task, input, name, call = "", action, tool } = facts;
  const { tool: toolName = "", action: actionName = "" } = input.call ?? {};
  const delegate = delegateOf(facts);
  if (delegate !== undefined) return edgeIsMissing(facts, delegate);
  const about = { agent: input.agent.name, task: input.task };
  const granted = Object.hasOwn(task?.actions ?? {}, call);
  const missing = `${call} is not among the actions of ${name} (${listed(Object.keys(task?.actions ?? {}))})`;
  const unknown =
    tool === undefined
      ? `no tool ${toolName} is declared`
      : `${toolName} offers no action ${actionName} (${listed(Object.keys(tool.actions))})`;
  const what = [...(granted ? [] : [missing]), ...(action === undefined ? [unknown] : [])].join(", and ");
  if (what === "") return { what, changes: [] };
  const explained = { what, about: granted && tool !== undefined ? { tool: toolName } : about };
  const instead = otherTask(facts);
  if (instead !== undefined) return { ...explained, changes: [instead] };
  const hopeless = unnameable("tool", toolName) ?? unnameable("action", actionName);
  if (hopeless !== undefined) return { ...explained, changes: [], hopeless };
  const change: Change = {
    kind: "declaration",
    text: `add ${allow(toolName, [actionName])} to tools of task "${input.task}"`,
    about,
    apply: (situation) =>
      withOwnTask(situation, (found) => ({
        ...found,
        actions: withNames(found.actions, [call]),
        tools: withNames(found.tools, [toolName]),
      })),
  };
  return { ...explained, changes: [...(action === undefined ? [offered(facts)] : []), ...(granted ? [] : [change])] };
}

/** The tool with the action, as far as the request shows what it is */
function offered({ input: { call }, tool, mark, highest }: Facts): Change {
  const { tool: name = "", action = "", destination = "" } = call ?? {};
  const text =
    tool === undefined
      ? `declare the tool ${name} at https://${destination} with the action "${action}"`
      : `declare the action "${action}" of ${name}`;
  const entry = { high: false, outward: false, touches: {} };
  return {
    kind: "declaration",
    text,
    about: { tool: name },
    caution: `what ${name}.${action} touches, and whether it has high impact or an effect outside, is not known here`,
    apply: (situation) => {
      const { tools } = situation.policy;
      const clearance = Math.max(0, mark, highest);
      const found = own(tools, name) ?? { destination, clearance, actsAsUser: false, actions: {} };
      const actions = { ...found.actions, [action]: own(found.actions, action) ?? entry };
      return { ...situation, policy: { ...situation.policy, tools: { ...tools, [name]: { ...found, actions } } } };
    },
  };
}

export function destinationIsUndeclared({ input, tool }: Facts): Explanation {
  const { tool: name = "", destination: named = "" } = input.call ?? {};
  const destination = tool?.destination ?? named;
  return {
    what: `the request goes to ${named}, and ${name} is declared at ${destination}`,
    about: { tool: name },
    changes: [
      {
        kind: "request",
        text: `call ${name} at ${destination}`,
        apply: (situation) => {
          const { call } = situation.input;
          return call === null ? situation : withRequest(situation, { call: { ...call, destination } });
        },
      },
    ],
  };
}

export function dataIsNotGranted(facts: Facts): Explanation {
  const { task, touched, input, name } = facts;
  const missing = lacking(task?.data ?? {}, touched);
  if (missing.length === 0) return { what: "", changes: [] };
  const explained = {
    what: `${facts.call ?? "the call"} touches ${listed(missing)}, which ${name} does not grant (${listed(Object.keys(task?.data ?? {}))})`,
    about: { agent: input.agent.name, task: input.task },
  };
  const instead = otherTask(facts);
  if (instead !== undefined) return { ...explained, changes: [instead] };
  const hopeless = missing.map(ungrantable).find((why) => why !== undefined);
  if (hopeless !== undefined) return { ...explained, changes: [], hopeless };
  return { ...explained, changes: [...byDataset(missing)].map(([dataset, kinds]) => grantOf(facts, dataset, kinds)) };
}

function ungrantable(key: string): string | undefined {
  const [dataset, kind] = datasetAndKind(key);
  if (KINDS.includes(kind)) return unnameable("dataset", dataset);
  return `${key} is no <dataset>:<kind> that a declaration could grant (kinds are ${KINDS.join(", ")})`;
}

function grantOf({ input, policy }: Facts, dataset: string, kinds: readonly string[]): Change {
  const add = `add ${access(dataset, kinds)} to data of task "${input.task}"`;
  const known = own(policy.datasets, dataset) !== undefined;
  return {
    kind: "declaration",
    text: known ? add : `declare the dataset ${dataset}, then ${add}`,
    about: { agent: input.agent.name, task: input.task },
    apply: (situation) =>
      withOwnTask(situation, (found) => ({
        ...found,
        data: withNames(
          found.data,
          kinds.map((kind) => `${dataset}:${kind}`),
        ),
      })),
  };
}

function declaredAudience({ input, policy }: Facts): Change | undefined {
  const { audience } = input.token;
  const name = audience.startsWith(TOOL) ? audience.slice(TOOL.length) : "";
  const tool = own(policy.tools, name);
  if (tool === undefined) return undefined;
  return {
    kind: "declaration",
    text: `add ${variable(name)}.allow(…) with the actions it needs (${listed(Object.keys(tool.actions))}) to tools of task "${input.task}"`,
    about: { agent: input.agent.name, task: input.task },
    apply: (situation) => withOwnTask(situation, (task) => ({ ...task, tools: withNames(task.tools, [name]) })),
  };
}

function otherAudience(audience: string | undefined): Change | undefined {
  if (audience === undefined) return undefined;
  return {
    kind: "request",
    text: `ask for an audience that the task uses, such as ${audience}`,
    apply: (situation) => withInput(situation, { token: { ...situation.input.token, audience } }),
  };
}
