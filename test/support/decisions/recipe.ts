import { checkInput, type DecisionInput, isDelegateTool, type PolicyDocument } from "../../../domain";
import { bases } from "./cases";
import { examplePolicy } from "./policy";
import type { Asked } from "./words";

/** One value put at a path of keys, where what holds it is there; undefined takes away. */
export interface Change {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** How a request and its policy were made: small, so that a failure that is printed can be read */
export interface Recipe {
  readonly base: string;
  readonly request: readonly Change[];
  /** Paths may hold words of the request, such as `@agent`: see {@link wordIn} */
  readonly policy: readonly Change[];
  readonly revision: number;
}

type Node = Record<string, unknown>;

/** The request and the policy of a recipe. With all changes the request still matches the contract. */
export function asked({ base, request, policy, revision }: Recipe): Asked {
  const input = structuredClone(bases.get(base)) as DecisionInput;
  for (const change of request) put(input, change);
  const checked = checkInput(fitting(input));
  if (!checked.ok) throw new Error(`the changes make no request of the contract: ${checked.problem.what}`);
  const document = policy.length === 0 ? examplePolicy : structuredClone(examplePolicy);
  for (const { path, value } of policy) {
    put(document, { path: path.map((key) => wordIn(checked.input, document, key)), value });
  }
  if (document !== examplePolicy) nameTools(document);
  return { input: checked.input, policy: document, revision };
}

const MODEL = { tool: "claude", action: "ask", destination: "llm.acme.example", data: [] };
const DIGEST = `sha256:${"1".repeat(64)}`;

/** Phase, call and digest belong together */
function fitting(input: DecisionInput): DecisionInput {
  if (input.phase === "issue") return { ...input, call: null };
  return { ...input, call: input.call ?? MODEL, requestDigest: input.requestDigest ?? DIGEST };
}

/** A task names the tools of its actions. */
function nameTools({ agents }: PolicyDocument): void {
  for (const task of Object.values(agents).flatMap((agent) => Object.values(agent.tasks))) {
    const called = Object.keys(task.actions).filter((name) => !isDelegateTool(name));
    const tools = called.map((name) => [name.split(".")[0], true]);
    Object.assign(task, { tools: Object.fromEntries(tools) as unknown });
  }
}

/** `@agent`, `@task`, `@tool`, `@action` of the request; `@hop`, `@hop-task` and `@edge` by number, as in `@edge1` */
function wordIn({ agent, task, chain, call }: DecisionInput, { agents }: PolicyDocument, key: string): string {
  const [, word, digit = ""] = /^@([a-z-]+)(\d?)$/.exec(key) ?? [];
  const hop = chain[Number(digit)];
  const next = chain[Number(digit) + 1];
  const names: Readonly<Record<string, string | undefined>> = {
    agent: agent.spiffeId,
    task,
    tool: call?.tool,
    action: call?.action,
    hop: hop?.spiffeId,
    "hop-task": hop?.task,
    edge: next === undefined ? `${agent.name}.${task}` : `${agents[next.spiffeId]?.name ?? ""}.${next.task}`,
  };
  return word === undefined ? key : (names[word] ?? "");
}

function put(root: unknown, { path, value }: Change): void {
  const parent = path.slice(0, -1).reduce<unknown>(own, root);
  const key = path.at(-1) as string;
  if (typeof parent !== "object" || parent === null || key === "") return;
  if (Array.isArray(parent) && Number(key) > parent.length) return;
  if (value !== undefined) {
    Object.defineProperty(parent, key, {
      value: structuredClone(value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  } else if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete (parent as Node)[key];
}

function own(node: unknown, key: string): unknown {
  return typeof node === "object" && node !== null && Object.hasOwn(node, key) ? (node as Node)[key] : undefined;
}
