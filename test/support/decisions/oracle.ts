import { OBSERVABLE, type ReasonCode, type Revocable, type Verdict } from "../../../domain";
import { type Asked, at, rankOf, type Words, wordsOf } from "./words";

/** The table of rules in docs/decisions.md, row by row: a second reading that engines and cases are held against. */
export function oracle(asked: Asked): Verdict {
  const words = wordsOf(asked);
  const all = { ...asked, ...words, sound: isSound({ ...asked, ...words }) };
  const refusing = (Object.keys(RULES) as Ruled[]).filter((code) => {
    const rule = RULES[code];
    return (words.agent !== undefined || EVEN_WITHOUT_AGENT.has(code)) && rule(all);
  });
  const softened = (code: string): boolean => words.observing && (OBSERVABLE as readonly string[]).includes(code);
  const reasons = refusing.filter((code) => !softened(code)).sort();
  const allow = reasons.length === 0;
  return { allow, reasons, observed: allow ? refusing.filter(softened).sort() : [], revision: asked.revision };
}

type Ruled = Exclude<ReasonCode, `input.${string}` | `engine.${string}`>;
type Facts = Asked & Words & { readonly sound: boolean };
type Rule = (facts: Facts) => boolean;

/** Marked ● */
const EVEN_WITHOUT_AGENT: ReadonlySet<Ruled> = new Set<Ruled>([
  "policy.stale",
  "revocation.stale",
  "agent.revoked",
  "run.revoked",
  "session.revoked",
  "token.revoked",
  "user.revoked",
  "agent.unknown",
  "time.inconsistent",
  "run.over",
  "token.over",
  "token.too-long",
]);

const MOST_AHEAD_SECONDS = 60;
const LONGEST_TOKEN_SECONDS = 300;
const MOST_HOPS = 3;

const revoked =
  (what: Revocable): Rule =>
  ({ input }) =>
    input.revocation.revoked.includes(what);

const approvalWhere =
  (refuses: (approval: NonNullable<Facts["input"]["approval"]>, facts: Facts) => boolean): Rule =>
  (facts) =>
    facts.approver !== "" && facts.input.approval !== null && refuses(facts.input.approval, facts);

const onEdge =
  (refuses: (edge: NonNullable<Words["edges"][number]>, facts: Facts, index: number) => boolean): Rule =>
  (facts) =>
    facts.edges.some((edge, index) => edge !== undefined && refuses(edge, facts, index));

const verdict =
  (said: string): Rule =>
  ({ call, input }) =>
    call !== undefined && input.intent?.verdict === said;

const lacks = (set: Readonly<Record<string, true>> | "any", names: readonly string[]): boolean =>
  set !== "any" && names.some((name) => at(set, name) === undefined);

/** Names as a list: none for what is not there */
const listed = (name: string | undefined): readonly string[] => (name === undefined ? [] : [name]);

const runLength = ({ input }: Facts): number => input.run.expiresAt - input.run.startedAt;

const counting = ({ task, call }: Facts) =>
  call === undefined ? [] : Object.entries(task?.budgets ?? {}).filter(([, { actions }]) => !lacks(actions, [call]));

const APPROVAL_RULES = {
  "approval.required": ({ approver, input }) => approver !== "" && input.approval === null,
  "approval.other-group": approvalWhere(({ group }, { approver }) => group !== approver),
  "approval.other-request": approvalWhere(({ requestDigest }, { input }) => requestDigest !== input.requestDigest),
  "approval.by-requester": approvalWhere(
    ({ decidedBy }, { input: { user } }) =>
      user !== null && decidedBy.issuer === user.issuer && decidedBy.subject === user.subject,
  ),
  "approval.over": approvalWhere(({ expiresAt }, { input }) => input.time >= expiresAt),
  "approval.spent": approvalWhere(({ spent }) => spent),
} satisfies Readonly<Record<string, Rule>>;

function isSound(facts: Asked & Words): boolean {
  const { approver, input } = facts;
  const refused = Object.values(APPROVAL_RULES).some((rule) => rule({ ...facts, sound: false }));
  return approver !== "" && input.approval !== null && !refused;
}

const RULES: Readonly<Record<Ruled, Rule>> = {
  "policy.stale": ({ revision, input }) => revision < input.revisionSeen,
  "revocation.stale": ({ input }) => !input.revocation.known,
  "agent.revoked": revoked("agent"),
  "run.revoked": revoked("run"),
  "session.revoked": revoked("session"),
  "token.revoked": revoked("token"),
  "user.revoked": revoked("user"),
  "agent.unknown": ({ agent }) => agent === undefined,
  "agent.suspended": ({ agent }) => agent?.suspended === true,
  "agent.expired": ({ agent, input }) => agent !== undefined && input.time >= agent.expires,
  "task.undeclared": ({ task }) => task === undefined,
  "start.undeclared": ({ task, input }) => task !== undefined && lacks(task.startedBy, [input.start.by]),
  "start.no-evidence": ({ input }) => input.start.by !== "agent" && input.start.evidence !== "verified",
  "start.chain-mismatch": ({ input }) => (input.start.by === "delegation") !== input.chain.length > 0,
  "user.missing": ({ input, tool }) => input.user === null && (input.start.by === "user" || tool?.actsAsUser === true),
  "time.inconsistent": ({ input: { run, session, time } }) =>
    Math.max(run.startedAt, session.startedAt, session.lastUsedAt) > time + MOST_AHEAD_SECONDS,
  "run.over": ({ input }) => input.time >= input.run.expiresAt,
  "run.too-long": (facts) => facts.task !== undefined && runLength(facts) > facts.task.ttlSeconds,
  "session.idle": ({ agent, input }) =>
    agent !== undefined && input.time >= input.session.lastUsedAt + agent.session.idleSeconds,
  "session.over": ({ agent, input }) =>
    agent !== undefined && input.time >= input.session.startedAt + agent.session.totalSeconds,
  "token.over": ({ input }) => input.time >= input.token.expiresAt,
  "token.too-long": ({ input: { token, time, run } }) =>
    token.expiresAt > time + LONGEST_TOKEN_SECONDS || token.expiresAt > run.expiresAt,
  "token.other-audience": ({ input: { call, token } }) => call !== null && token.audience !== `tool:${call.tool}`,
  "token.out-of-scope": ({ input: { call, token } }) => call !== null && !token.scope.includes(call.action),
  "audience.not-granted": ({ input, task }) => {
    if (input.phase !== "issue" || task === undefined) return false;
    const granted = [
      "run",
      ...(Object.keys(task.delegates).length > 0 ? ["exchange"] : []),
      ...(task.aws === null ? [] : ["aws"]),
      ...Object.keys(task.tools).map((name) => `tool:${name}`),
    ];
    return !granted.includes(input.token.audience);
  },
  "action.not-granted": ({ task, call, action }) =>
    task !== undefined && call !== undefined && (lacks(task.actions, [call]) || action === undefined),
  "destination.undeclared": ({ input, tool }) =>
    input.call !== null && tool !== undefined && input.call.destination !== tool.destination,
  "data.not-granted": ({ task, touched }) => task !== undefined && lacks(task.data, touched),
  "data.above-clearance": ({ tool, highest }) => tool !== undefined && highest > tool.clearance,
  "mark.above-clearance": ({ mark, tool, written }) => mark > (tool?.clearance ?? mark) || mark > written,
  "mark.credential-below": ({ input: { session }, read }) =>
    session.writable !== null && rankOf(session.writable) < read,
  "session.tainted": ({ input, action, sound }) =>
    input.session.tainted && (action?.high === true || action?.outward === true) && !sound,
  "delegation.undeclared": ({ edges }) => edges.includes(undefined),
  "delegation.delegator-stopped": ({ delegators, input }) =>
    delegators.some((agent) => agent !== undefined && (agent.suspended || input.time >= agent.expires)),
  "delegation.too-deep": (facts) =>
    facts.input.chain.length > MOST_HOPS ||
    onEdge(({ depth }, { input }, index) => depth < input.chain.length - index)(facts),
  "delegation.widened": onEdge((edge, facts) => {
    const data = facts.forAws ? Object.keys(facts.task?.aws?.data ?? {}) : facts.touched;
    const bound = facts.input.call?.tool.startsWith("agent:") === true ? undefined : facts.call;
    return lacks(edge.actions, listed(bound)) || lacks(edge.data, data) || runLength(facts) > edge.ttlSeconds;
  }),
  "delegation.above-sensitivity": onEdge(({ sensitivity }, { mark, highest, read, forAws }) =>
    [mark, highest, forAws ? read : -1].some((rank) => rank > sensitivity),
  ),
  ...APPROVAL_RULES,
  "budget.spent": (facts) =>
    counting(facts).some(([key, { limit }]) => {
      const known = at(facts.input.budgets, key);
      return known !== undefined && known.spent + known.cost > limit;
    }),
  "budget.unknown": (facts) => counting(facts).some(([key]) => at(facts.input.budgets, key) === undefined),
  "order.broken": ({ task, call, input }) =>
    call !== undefined &&
    (task?.orders ?? []).some(
      ({ first, then, within }) => !lacks(then, [call]) && first.some((name) => !input.done[within].includes(name)),
    ),
  "intent.missing": ({ policy, call, input }) => call !== undefined && policy.intentRequired && input.intent === null,
  "intent.refused": verdict("refused"),
  "intent.error": verdict("error"),
  "intent.timeout": verdict("timeout"),
};
