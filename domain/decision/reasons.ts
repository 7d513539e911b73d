/** Every reason for which a request can be denied: what is wrong, and what would allow it. A code never changes its meaning. */
export const REASONS = {
  "input.malformed": [
    "the request to decide is not of the contract",
    "send every field of ambit.decision/1 and no other",
  ],
  "input.version": [
    "the request is of another version of the contract",
    "send version ambit.decision/1, or upgrade the engine",
  ],
  "input.too-large": ["the request is larger than any that is decided", "touch less data in one call"],
  "engine.error": [
    "the policy engine gave no sound answer",
    "look at the engine's log; nothing is allowed until it answers",
  ],
  "engine.timeout": [
    "the policy engine did not answer in time",
    "look at the engine's load; nothing is allowed until it answers",
  ],
  "policy.stale": ["the policy is older than one already seen", "deploy the current bundle; an older one was put back"],
  "revocation.stale": [
    "what is revoked could not be read",
    "bring the state store back; nothing is allowed without it",
  ],
  "agent.revoked": ["the agent, or one that handed work to it, was stopped", "restore it once the incident is over"],
  "run.revoked": ["the run was stopped", "start a new run"],
  "session.revoked": ["the session was stopped", "start a new session on evidence from outside the agent"],
  "token.revoked": ["the token was revoked", "ask for a new token"],
  "user.revoked": [
    "the user's rights were withdrawn, or the login has ended by which the user started it",
    "let the user log in and start anew; where an operator stopped the user, restore the user's rights at the exchange",
  ],
  "agent.unknown": [
    "no such agent is declared",
    "declare the agent and deploy, or use the identity it is declared with",
  ],
  "agent.suspended": ["the agent is suspended", "remove suspended from its declaration"],
  "agent.expired": ["the agent's expiry has come", "extend expires after a review"],
  "task.undeclared": ["the agent declares no such task", "declare the task, or name one of the agent's"],
  "start.undeclared": ["the task may not be started this way", "add the start to startedBy, or start it as declared"],
  "start.no-evidence": ["nothing proves the start", "send the evidence of the start as subject token"],
  "start.chain-mismatch": [
    "start and chain contradict each other",
    "a chain belongs to a start by delegation, and to no other",
  ],
  "user.missing": [
    "there is no user whose rights could be used",
    "start the task by user, or by delegation from such a task",
  ],
  "time.inconsistent": ["run or session begin in the future", "set the clocks right"],
  "run.over": ["the run is over", "start a new run"],
  "run.too-long": ["the run is longer than its task allows", "shorten the run, or raise the task's ttl"],
  "session.idle": ["nothing happened in the session for too long", "start a new session"],
  "session.over": ["the session has reached its end", "start a new session"],
  "token.over": ["the token has expired", "ask for a new token"],
  "token.too-long": ["the token would outlive its run, or what a token may", "shorten the token's life"],
  "token.other-audience": ["the token is for somebody else", "ask for a token whose audience is this tool"],
  "token.out-of-scope": [
    "the token's scope lacks this tool action",
    "ask for a token whose scope has the action, or leave scope out",
  ],
  "audience.not-granted": [
    "the task grants nothing at this audience",
    "grant it in the task, or ask for an audience that the task uses",
  ],
  "action.not-granted": ["the task does not grant this tool action", "add it to the task's tools"],
  "destination.undeclared": ["the request goes to another host than the tool's", "call the tool at its declared url"],
  "data.not-granted": ["the call touches data that the task does not grant", "add the data to the task"],
  "data.above-clearance": [
    "the data is above the tool's clearance",
    "use another tool, or raise its clearance if such data may be sent there",
  ],
  "mark.above-clearance": [
    "the session has read data above what may be sent there",
    "do it in a new session, before reading such data",
  ],
  "mark.credential-below": [
    "an AWS credential still valid may write below this data",
    "wait until it has expired, or read in another session",
  ],
  "session.tainted": [
    "untrusted output was read, and nobody approved this effect",
    "give the task an approval, or do it in a clean session",
  ],
  "delegation.undeclared": ["an edge of the chain is not declared", "add the edge to the delegator's delegates"],
  "delegation.delegator-stopped": [
    "an agent of the chain is suspended or expired",
    "start the work from an active agent",
  ],
  "delegation.too-deep": [
    "the chain is longer than one of its edges allows",
    "raise the edge's depth (3 at most), or shorten the chain",
  ],
  "delegation.widened": ["an edge of the chain does not allow this", "add it to what the edge allows, or ask for less"],
  "delegation.above-sensitivity": [
    "the data is above what may travel along an edge",
    "raise the edge's sensitivity, or read less",
  ],
  "approval.required": [
    "a person has to decide on this request",
    "have the approver group decide, and send exactly the same request again",
  ],
  "approval.other-request": [
    "the approval is for another request",
    "send exactly the approved request, or ask for a new decision",
  ],
  "approval.other-group": ["another group than the task's has decided", "ask the task's approver group"],
  "approval.by-requester": ["the user served cannot approve the own request", "ask another person of the group"],
  "approval.over": ["the approval has expired", "ask for a new decision"],
  "approval.spent": ["the approval was used already", "ask for a new decision: each is good for one call"],
  "budget.spent": ["a budget of the task has no room for this call", "wait for the next period, or raise the budget"],
  "budget.unknown": ["what a budget has spent is not known", "bring the state store back; nothing is spent without it"],
  "order.broken": ["an action that must succeed first has not", "do it first, and let it succeed"],
  "intent.missing": ["the intent evaluator was not asked", "ask it before the call"],
  "intent.refused": [
    "the intent evaluator says that the call does not serve the task",
    "look at its reason; change the call, or the evaluator",
  ],
  "intent.error": ["the intent evaluator failed", "bring it back; nothing is allowed without its verdict"],
  "intent.timeout": [
    "the intent evaluator did not answer in time",
    "look at its load; nothing is allowed without its verdict",
  ],
} as const satisfies Readonly<Record<string, readonly [what: string, fix: string]>>;

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
