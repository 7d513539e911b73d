/** Every reason for which a request can be denied: what is wrong, and what would allow it. A code never changes its meaning. */
export const REASONS = {
  "input.malformed": {
    what: "the request to decide is not of the contract",
    fix: "send every field of ambit.decision/1 and no other",
  },
  "input.version": {
    what: "the request is of another version of the contract",
    fix: "send version ambit.decision/1, or upgrade the engine",
  },
  "input.too-large": { what: "the request is larger than any that is decided", fix: "touch less data in one call" },
  "engine.error": {
    what: "the policy engine gave no sound answer",
    fix: "look at the engine's log; nothing is allowed until it answers",
  },
  "engine.timeout": {
    what: "the policy engine did not answer in time",
    fix: "look at the engine's load; nothing is allowed until it answers",
  },
  "policy.stale": {
    what: "the policy is older than one already seen",
    fix: "deploy the current bundle; an older one was put back",
  },
  "revocation.stale": {
    what: "what is revoked could not be read",
    fix: "bring the state store back; nothing is allowed without it",
  },
  "agent.revoked": {
    what: "the agent, or one that handed work to it, was stopped",
    fix: "restore it once the incident is over",
  },
  "run.revoked": { what: "the run was stopped", fix: "start a new run" },
  "session.revoked": { what: "the session was stopped", fix: "start a new session on evidence from outside the agent" },
  "token.revoked": { what: "the token was revoked", fix: "ask for a new token" },
  "user.revoked": {
    what: "the user's rights were withdrawn, or the login has ended by which the user started it",
    fix: "let the user log in and start anew; where an operator stopped the user, restore the user's rights at the exchange",
  },
  "agent.unknown": {
    what: "no such agent is declared",
    fix: "declare the agent and deploy, or use the identity it is declared with",
  },
  "agent.suspended": { what: "the agent is suspended", fix: "remove suspended from its declaration" },
  "agent.expired": { what: "the agent's expiry has come", fix: "extend expires after a review" },
  "task.undeclared": { what: "the agent declares no such task", fix: "declare the task, or name one of the agent's" },
  "start.undeclared": {
    what: "the task may not be started this way",
    fix: "add the start to startedBy, or start it as declared",
  },
  "start.no-evidence": { what: "nothing proves the start", fix: "send the evidence of the start as subject token" },
  "start.chain-mismatch": {
    what: "start and chain contradict each other",
    fix: "a chain belongs to a start by delegation, and to no other",
  },
  "user.missing": {
    what: "there is no user whose rights could be used",
    fix: "start the task by user, or by delegation from a task that a user started",
  },
  "time.inconsistent": { what: "run or session begin in the future", fix: "set the clocks right" },
  "run.over": { what: "the run is over", fix: "start a new run" },
  "run.too-long": { what: "the run is longer than its task allows", fix: "shorten the run, or raise the task's ttl" },
  "session.idle": { what: "nothing happened in the session for too long", fix: "start a new session" },
  "session.over": { what: "the session has reached its end", fix: "start a new session" },
  "token.over": { what: "the token has expired", fix: "ask for a new token" },
  "token.too-long": { what: "the token would outlive its run, or what a token may", fix: "shorten the token's life" },
  "token.other-audience": {
    what: "the token has another audience",
    fix: "ask for a token whose audience is this tool",
  },
  "token.out-of-scope": {
    what: "the token's scope lacks this tool action",
    fix: "ask for a token whose scope has the action, or leave scope out",
  },
  "audience.not-granted": {
    what: "the task grants nothing at this audience",
    fix: "grant it in the task, or ask for an audience that the task uses",
  },
  "action.not-granted": { what: "the task does not grant this tool action", fix: "add it to the task's tools" },
  "destination.undeclared": {
    what: "the request goes to another host than the tool's",
    fix: "call the tool at its declared url",
  },
  "data.not-granted": { what: "the call touches data that the task does not grant", fix: "add the data to the task" },
  "data.above-clearance": {
    what: "the data is above the tool's clearance",
    fix: "use another tool, or raise its clearance if such data may be sent there",
  },
  "mark.above-clearance": {
    what: "the session has read data above what may be sent there",
    fix: "do it in a new session, before reading such data",
  },
  "mark.credential-below": {
    what: "an AWS credential still valid may write below this data",
    fix: "wait until it has expired, or read in another session",
  },
  "session.tainted": {
    what: "untrusted output was read, and this effect was not approved",
    fix: "give the task an approval, or do it in a clean session",
  },
  "delegation.undeclared": {
    what: "an edge of the chain is not declared",
    fix: "add the edge to the delegator's delegates",
  },
  "delegation.delegator-stopped": {
    what: "an agent of the chain is suspended or expired",
    fix: "start the work from an active agent",
  },
  "delegation.too-deep": {
    what: "the chain is longer than one of its edges allows",
    fix: "raise the edge's depth (3 at most), or shorten the chain",
  },
  "delegation.widened": {
    what: "an edge of the chain does not allow this",
    fix: "add it to what the edge allows, or ask for less",
  },
  "delegation.above-sensitivity": {
    what: "the data is above what may travel along an edge",
    fix: "raise the edge's sensitivity, or read less",
  },
  "approval.required": {
    what: "a person has to decide on this request",
    fix: "have the approver group decide, and send exactly the same request again",
  },
  "approval.other-request": {
    what: "the approval is for another request",
    fix: "send exactly the approved request, or ask for a new decision",
  },
  "approval.other-group": { what: "another group than the task's has decided", fix: "ask the task's approver group" },
  "approval.by-requester": {
    what: "the user served cannot approve the own request",
    fix: "ask another person of the group",
  },
  "approval.over": { what: "the approval has expired", fix: "ask for a new decision" },
  "approval.spent": { what: "the approval was used already", fix: "ask for a new decision: each is good for one call" },
  "budget.spent": {
    what: "a budget of the task has no room for this call",
    fix: "wait for the next period, or raise the budget",
  },
  "budget.unknown": {
    what: "what a budget has spent is not known",
    fix: "bring the state store back; nothing is spent without it",
  },
  "order.broken": { what: "an action that must succeed first has not", fix: "do it first, and let it succeed" },
  "intent.missing": { what: "the intent evaluator was not asked", fix: "ask it before the call" },
  "intent.refused": {
    what: "the intent evaluator says that the call does not serve the task",
    fix: "look at its reason; change the call, or the evaluator",
  },
  "intent.error": { what: "the intent evaluator failed", fix: "bring it back; nothing is allowed without its verdict" },
  "intent.timeout": {
    what: "the intent evaluator did not answer in time",
    fix: "look at its load; nothing is allowed without its verdict",
  },
} as const satisfies Readonly<Record<string, { readonly what: string; readonly fix: string }>>;

export type ReasonCode = keyof typeof REASONS;

/** What `enforcement: { observe }` softens (never more): on a task so marked, until its end, these are noted and not refused. */
export const OBSERVABLE: readonly ReasonCode[] = [
  "budget.spent",
  "budget.unknown",
  "intent.error",
  "intent.missing",
  "intent.refused",
  "intent.timeout",
  "order.broken",
];
