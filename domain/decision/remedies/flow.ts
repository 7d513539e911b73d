import { own } from "../../own";
import { decided } from "./approval";
import type { Change, Explanation } from "./change";
import { withDataset, withInput, withOwnTask, withTool } from "./edit";
import { type Facts, factsOf } from "./facts";
import { later, newSession, NO_OTHER_START } from "./renewal";
import { datasetAndKind, listed, sensitivityOf } from "./wording";

/** Stands for a group that the platform names */
const SOME_GROUP = "a-group-of-the-platform";
/** No AWS credential is good for longer (domain/rules/horizon.ts). */
const CREDENTIAL_SECONDS = 900;

export function dataIsAboveClearance(facts: Facts): Explanation {
  const { tool, input, touched, highest } = facts;
  const name = input.call?.tool ?? "";
  const clearance = tool?.clearance ?? highest;
  const above = touched.filter((key) => facts.rankOfKey(key) > clearance);
  return {
    what: `${listed(above)} is ${sensitivityOf(highest)}, and ${name} is cleared for ${sensitivityOf(clearance)}`,
    about: { tool: name },
    changes: [...unknownDatasets(facts, above), ...raised(facts, name, above)],
  };
}

export function markIsAboveClearance(facts: Facts): Explanation {
  const { tool, mark, written, input } = facts;
  const toTool = tool !== undefined && mark > tool.clearance;
  const name = input.call?.tool ?? "";
  const [place, at] = toTool ? [name, tool.clearance] : ["what it writes to", written];
  const explained = {
    what: `the session has read ${sensitivityOf(mark)} data, and ${place} is ${toTool ? "cleared for" : "only"} ${sensitivityOf(at)}`,
    ...(toTool && { about: { tool: name } }),
  };
  const change = newSession(facts);
  if (change !== undefined) return { ...explained, changes: [change] };
  if (mark > written || tool === undefined) return { ...explained, changes: [], hopeless: NO_OTHER_START };
  return { ...explained, changes: [clearedFor(name, mark)] };
}

export function credentialIsBelowMark({ input: { session }, read }: Facts): Explanation {
  const writable = session.writable ?? "public";
  return {
    what: `an AWS credential that is still valid may write ${writable} data, and this reads ${sensitivityOf(read)} data`,
    changes: [
      {
        kind: "state",
        text: "wait until that credential has expired, at most 15 min after it was issued",
        apply: (situation) =>
          later(withInput(situation, { session: { ...situation.input.session, writable: null } }), CREDENTIAL_SECONDS),
      },
    ],
  };
}

export function sessionIsTainted(facts: Facts): Explanation {
  const { approver, action, input, call = "the call" } = facts;
  const effect = [...(action?.high ? ["high impact"] : []), ...(action?.outward ? ["an effect outside"] : [])];
  const what = `untrusted output was read in this session, and ${call} has ${effect.join(" and ")}, which is not approved`;
  const about = { agent: input.agent.name, task: input.task };
  if (approver !== "") return { what, about, changes: [decided(facts)] };
  const clean = newSession(facts);
  if (clean !== undefined) return { what, about, changes: [clean] };
  // Requirements on another task follow once the request names one.
  return { what, about, changes: facts.task === undefined ? [] : [approvalDeclared(facts)] };
}

/** Undeclared data counts as restricted. */
export function unknownDatasets({ policy }: Facts, keys: readonly string[]): readonly Change[] {
  const names = [...new Set(keys.map((key) => datasetAndKind(key)[0]))];
  return names
    .filter((name) => own(policy.datasets, name) === undefined)
    .map((name) => ({
      kind: "declaration",
      text: `declare the dataset ${name} with its sensitivity: an undeclared dataset counts as restricted`,
      about: { dataset: name },
      caution: "it is taken to be low enough for the tool and for every edge of the chain",
      apply: (situation) => {
        const { tool, edges } = factsOf(situation);
        const limits = [tool?.clearance, ...edges.map(({ declared }) => declared?.sensitivity)];
        return withDataset(situation, name, Math.min(...limits.map((rank) => rank ?? Infinity), 3));
      },
    }));
}

function raised(facts: Facts, tool: string, above: readonly string[]): readonly Change[] {
  const known = above.filter((key) => own(facts.policy.datasets, datasetAndKind(key)[0]) !== undefined);
  return known.length === 0 ? [] : [clearedFor(tool, Math.max(...known.map(facts.rankOfKey)))];
}

function clearedFor(tool: string, rank: number): Change {
  const level = sensitivityOf(rank);
  return {
    kind: "declaration",
    text: `write clearance: "${level}" in the declaration of ${tool}, if such data may be sent there`,
    about: { tool },
    caution: `then every task that calls ${tool} may send ${level} data there`,
    apply: (situation) =>
      withTool(situation, tool, (found) => ({ ...found, clearance: Math.max(found.clearance, rank) })),
  };
}

function approvalDeclared({ input }: Facts): Change {
  return {
    kind: "declaration",
    text: `add approval: Approval.from("…") with a group of the platform to task "${input.task}"`,
    about: { agent: input.agent.name, task: input.task },
    apply: (situation) =>
      withOwnTask(situation, (task) => ({ ...task, approvalGroup: task.approvalGroup || SOME_GROUP })),
  };
}
