import { noteRevision } from "../../../runtime/registry/revision-seen";
import { revoke, type Target } from "../../../runtime/session/revocations";
import type { IssuanceRun } from "./issuance-run";
import { LOGIN } from "./issuance-world";

/** What is stopped, the code that refuses then, and how it is done */
export type Stop = readonly [what: string, code: string, stop: (run: IssuanceRun) => Promise<unknown>];

const WHY = { why: "stolen", by: "security", at: 0 };

function stopping(target: Target): Stop[2] {
  return (run) => run.world.store.write([revoke(run.filled(target) as Target, WHY, undefined)]);
}

/** Stops of what `second` does with the token that `first` handed on, `handed` by its name */
export const STOPS: readonly Stop[] = [
  ["the agent", "agent.revoked", stopping({ kind: "agent", id: "second" })],
  ["its delegator", "agent.revoked", stopping({ kind: "agent", id: "first" })],
  ["the run that handed it on", "run.revoked", stopping({ kind: "run", id: "{handed.run}" })],
  ["the delegator's session", "session.revoked", stopping({ kind: "session", id: "{handed.sid}" })],
  ["the parent token", "token.revoked", stopping({ kind: "token", id: "{handed.jti}" })],
  ["the user", "user.revoked", stopping({ kind: "user", user: { issuer: LOGIN, subject: "alice" } })],
  ["the registry by which it was decided", "policy.stale", ({ world: { store } }) => noteRevision(store, 2)],
];
