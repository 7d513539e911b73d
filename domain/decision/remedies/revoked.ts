import type { Change, Explanation } from "./change";
import { withInput } from "./edit";
import type { Facts } from "./facts";
import { newRun, newSession, newToken, NO_OTHER_START } from "./renewal";
import { listed } from "./wording";

export function agentIsRevoked({ input, edges }: Facts): Explanation {
  const delegators = edges.map(({ hop, from }) => from?.name ?? hop.spiffeId);
  const who = delegators.length === 0 ? input.agent.name : `one of ${listed([input.agent.name, ...delegators])}`;
  return {
    what: `${who} was stopped by the kill switch`,
    changes: [lift("agent", `restore ${who} once the incident is over`, "security")],
  };
}

export function userIsRevoked({ input: { user } }: Facts): Explanation {
  const who = user === null ? "the user" : `${user.subject} of ${user.issuer}`;
  return {
    what: `the rights of ${who} were withdrawn, or the login has ended by which it was started`,
    changes: [lift("user", `restore the rights of ${who} at the exchange, or start anew by a later login`, "security")],
  };
}

export function runIsRevoked(facts: Facts): Explanation {
  return { what: "the run was stopped", changes: [newRun(facts)] };
}

export function sessionIsRevoked(facts: Facts): Explanation {
  const what = "the session was stopped";
  const change = newSession(facts);
  return change === undefined ? { what, changes: [], hopeless: NO_OTHER_START } : { what, changes: [change] };
}

export function tokenIsRevoked(facts: Facts): Explanation {
  return { what: "the token was revoked", changes: [newToken(facts)] };
}

function lift(what: "agent" | "user", text: string, by: string): Change {
  return {
    kind: "state",
    text,
    by,
    apply: (situation) => {
      const { known, revoked } = situation.input.revocation;
      return withInput(situation, { revocation: { known, revoked: revoked.filter((other) => other !== what) } });
    },
  };
}
