import { type PolicyEdge, REVOCABLES } from "../../../domain";
import { type Asked, at, rankOf } from "./words";

/** A request or a policy with less allowed in one respect; `pick` chooses where there is a choice. May change nothing. */
type Narrowing = (asked: Asked, pick: number) => void;

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T;

const RANKED = ["public", "internal", "confidential", "restricted"] as const;

const task = ({ policy, input }: Asked) => at(at(policy.agents, input.agent.spiffeId)?.tasks, input.task);

const edges = ({ policy, input }: Asked): readonly PolicyEdge[] =>
  input.chain.flatMap(({ spiffeId, task }) =>
    Object.values(at(at(policy.agents, spiffeId)?.tasks, task)?.delegates ?? {}),
  );

const chosen = <T>(list: readonly T[], pick: number): T | undefined => list[pick % list.length];

/** Takes one name out of the set; out of any name, all of them */
function drop(set: object | undefined, pick: number): void {
  const key = chosen(Object.keys(set ?? {}), pick);
  if (key !== undefined) delete (set as Record<string, unknown>)[key];
}

function onEdge(narrow: (edge: Mutable<PolicyEdge>, pick: number) => void): Narrowing {
  return (asked, pick) => {
    const edge = chosen(edges(asked), pick);
    if (edge !== undefined) narrow(edge as Mutable<PolicyEdge>, pick);
  };
}

export const NARROWINGS: Readonly<Record<string, Narrowing>> = {
  "revoking something": ({ input }, pick) => {
    const revoked = input.revocation.revoked as string[];
    const one = chosen(REVOCABLES, pick) as string;
    if (!revoked.includes(one)) revoked.push(one);
  },
  "losing sight of revocations": ({ input }) => Object.assign(input.revocation, { known: false }),
  "suspending an agent": ({ policy, input }, pick) => {
    const ids = [input.agent.spiffeId, ...input.chain.map(({ spiffeId }) => spiffeId)];
    const agent = at(policy.agents, chosen(ids, pick));
    if (agent !== undefined) Object.assign(agent, { suspended: true });
  },
  "bringing an agent's expiry forward": ({ policy, input }, pick) => {
    const agent = at(policy.agents, input.agent.spiffeId);
    if (agent !== undefined) Object.assign(agent, { expires: agent.expires - (pick % 400) * 86_400 });
  },
  "raising the mark": ({ input }) => {
    Object.assign(input.session, { mark: RANKED[Math.min(3, rankOf(input.session.mark) + 1)] });
  },
  "dropping an action from the token's scope": ({ input }, pick) => {
    const scope = input.token.scope as string[];
    if (scope.length > 0) scope.splice(pick % scope.length, 1);
  },
  "tainting the session": ({ input }) => Object.assign(input.session, { tainted: true }),
  "dropping an action from the task": (asked, pick) => drop(task(asked)?.actions, pick),
  "dropping data from the task": (asked, pick) => drop(task(asked)?.data, pick),
  "dropping a start from the task": (asked, pick) => drop(task(asked)?.startedBy, pick),
  "dropping an edge from a delegator": (asked, pick) => {
    const { policy, input } = asked;
    const hop = chosen(input.chain, pick);
    drop(at(at(policy.agents, hop?.spiffeId)?.tasks, hop?.task)?.delegates, pick);
  },
  "dropping an action from an edge": onEdge((edge, pick) => {
    if (edge.actions === "any") edge.actions = {};
    else drop(edge.actions, pick);
  }),
  "dropping data from an edge": onEdge((edge, pick) => {
    if (edge.data === "any") edge.data = {};
    else drop(edge.data, pick);
  }),
  "lowering what may travel along an edge": onEdge((edge) => {
    edge.sensitivity = 0;
  }),
  "shortening an edge": onEdge((edge) => {
    edge.depth = Math.max(1, edge.depth - 1);
    edge.ttlSeconds = Math.floor(edge.ttlSeconds / 2);
  }),
  "lowering a tool's clearance": ({ policy, input }) => {
    const tool = at(policy.tools, input.call?.tool);
    if (tool !== undefined) Object.assign(tool, { clearance: Math.max(0, tool.clearance - 1) });
  },
  "spending more": ({ input }, pick) => {
    const budget = chosen(Object.values(input.budgets), pick);
    if (budget !== undefined) Object.assign(budget, { spent: Math.min(1_000_000_000_000_000, budget.spent + 50) });
  },
  "forgetting what was done": ({ input }) => Object.assign(input.done, { run: [], session: [] }),
  "spending the approval": ({ input }) => {
    if (input.approval !== null) Object.assign(input.approval, { spent: true });
  },
  "requiring a verdict on every call": ({ policy }) => Object.assign(policy, { intentRequired: true }),
  "ending the observation": (asked) => Object.assign(task(asked) ?? {}, { observeUntil: 0 }),
};

export function narrowed(asked: Asked, narrowing: Narrowing, pick: number): Asked {
  const copy = structuredClone(asked);
  narrowing(copy, pick);
  return copy;
}
