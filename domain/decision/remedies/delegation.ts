import { isDelegateTool } from "../../handing-on";
import { own } from "../../own";
import { activeAgain } from "./agent";
import type { Change, Explanation } from "./change";
import {
  aboutFirst,
  clearedEdge,
  declaredEdge,
  editing,
  from,
  inDelegates,
  MOST_HOPS,
  startedAfter,
  to,
  widerActions,
  widerData,
} from "./edge";
import { type Edge, type Facts, lacking } from "./facts";
import { unknownDatasets } from "./flow";
import { newSession, NO_OTHER_START, shorterRun } from "./renewal";
import { datasetAndKind, duration, listed, sensitivityOf } from "./wording";

export function edgeIsUndeclared(facts: Facts): Explanation {
  const { edges } = facts;
  const undeclared = edges.filter(({ declared }) => declared === undefined);
  const stranger = edges.map(({ task }) => task === undefined).lastIndexOf(true);
  const missing = undeclared.filter((edge) => edges.indexOf(edge) > stranger);
  return {
    what: `no declaration has ${listed(undeclared.map((edge) => `${from(edge)} → ${to(edge)}`))}`,
    ...aboutFirst(undeclared),
    changes: [
      ...(stranger < 0 ? [] : [startedAfter(facts, stranger)]),
      ...missing.map((edge) => declaredEdge(facts, edge)),
    ],
  };
}

export function delegatorIsStopped(facts: Facts): Explanation {
  const { edges, input } = facts;
  const isStopped = ({ from: agent }: Edge): boolean =>
    agent !== undefined && (agent.suspended || input.time >= agent.expires);
  const stopped = edges.filter(isStopped);
  const why = stopped.map(({ from: agent }) => `${agent?.name} is ${agent?.suspended ? "suspended" : "expired"}`);
  return {
    what: `in the chain, ${listed(why)}`,
    ...aboutFirst(stopped),
    changes: stopped.length === 0 ? [] : withoutStopped(facts, stopped, edges.map(isStopped).lastIndexOf(true)),
  };
}

/** Without them where the work can start after them; else they have to be active again. */
function withoutStopped(facts: Facts, stopped: readonly Edge[], last: number): readonly Change[] {
  const anew = startedAfter(facts, last);
  const { start, chain } = anew.apply(facts).input;
  const sound = (start.by === "delegation") === chain.length > 0;
  return sound ? [anew] : stopped.map((edge) => activeAgain(edge, facts.input.time));
}

export function chainIsTooDeep({ edges }: Facts): Explanation {
  const [first] = edges;
  if (edges.length > MOST_HOPS) {
    const hopeless = `no declaration allows more than ${MOST_HOPS} hops: let an agent nearer to the end start the work`;
    return { what: `the chain has ${edges.length} hops, and ${MOST_HOPS} are the most`, changes: [], hopeless };
  }
  const short = edges.filter(({ declared, length }) => declared !== undefined && declared.depth < length);
  const why = short.map((edge) => `${from(edge)} → ${to(edge)} allows ${edge.declared?.depth} of ${edge.length} hops`);
  return {
    what: first === undefined ? "the chain is too deep" : listed(why),
    ...aboutFirst(short),
    changes: short.map((edge) => ({
      kind: "declaration",
      text: `write depth: ${edge.length} in ${inDelegates(edge)}`,
      ...aboutFirst([edge]),
      apply: editing(edge, (found) => ({ ...found, depth: Math.max(found.depth, edge.length) })),
    })),
  };
}

export function edgeIsTooNarrow(facts: Facts): Explanation {
  const { edges, call, touched, awsData, input } = facts;
  // Edges bound requests to other agents by their depth.
  const calls = call === undefined || isDelegateTool(call) ? [] : [call];
  const data = [...touched, ...awsData];
  const length = input.run.expiresAt - input.run.startedAt;
  const found = edges.flatMap((edge) => {
    const { declared } = edge;
    if (declared === undefined) return [];
    const actions = lacking(declared.actions, calls);
    const keys = lacking(declared.data, data);
    const tooLong = length > declared.ttlSeconds;
    return actions.length + keys.length > 0 || tooLong ? [{ edge, actions, keys, tooLong }] : [];
  });
  const why = found.map(({ edge, actions, keys, tooLong }) => {
    const lacks = [...actions, ...keys];
    const parts = [
      ...(lacks.length > 0 ? [`lacks ${listed(lacks)}`] : []),
      ...(tooLong ? [`allows ${duration(edge.declared?.ttlSeconds ?? 0)} of ${duration(length)}`] : []),
    ];
    return `${from(edge)} → ${to(edge)} ${parts.join(" and ")}`;
  });
  return {
    what: why.join("; "),
    ...aboutFirst(found.map(({ edge }) => edge)),
    changes: [
      ...found.flatMap(({ edge, actions }) => (actions.length === 0 ? [] : [widerActions(facts, edge)])),
      ...found.flatMap(({ edge, keys }) => widerData(facts, edge, keys)),
      ...(found.some(({ tooLong }) => tooLong) ? [shorterRun(facts)] : []),
    ],
  };
}

export function dataIsAboveEdge(facts: Facts): Explanation {
  const { edges, highest, mark, touched } = facts;
  const most = Math.max(highest, mark);
  const low = edges.filter(({ declared }) => declared !== undefined && declared.sensitivity < most);
  const why = low.map(
    (edge) => `${from(edge)} → ${to(edge)} is cleared for ${sensitivityOf(edge.declared?.sensitivity ?? 0)}`,
  );
  const least = Math.min(...low.map(({ declared }) => declared?.sensitivity ?? 0));
  const unknown = unknownDatasets(
    facts,
    touched.filter((key) => facts.rankOfKey(key) > least),
  );
  const known = unknown.length > 0 ? knownHighest(facts) : highest;
  const renewed = mark > Math.max(least, known) ? newSession(facts) : undefined;
  const explained = {
    what: `${mark > highest ? "the session has read" : "this touches"} ${sensitivityOf(most)} data, and ${why.join("; ")}`,
    ...aboutFirst(low),
  };
  if (mark > Math.max(least, known) && renewed === undefined)
    return { ...explained, changes: [], hopeless: NO_OTHER_START };
  const raised = low.filter(({ declared }) => (declared?.sensitivity ?? 0) < known);
  return {
    ...explained,
    changes: [...(renewed ? [renewed] : []), ...unknown, ...raised.map((edge) => clearedEdge(facts, edge, known))],
  };
}

function knownHighest({ touched, policy, rankOfKey }: Facts): number {
  const known = touched.filter((key) => own(policy.datasets, datasetAndKind(key)[0]) !== undefined);
  return Math.max(-1, ...known.map(rankOfKey));
}
