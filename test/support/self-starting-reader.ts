import { edited } from "./decisions/edit";

const TASK = ["agents", "spiffe://prod.acme.example/ns/research/sa/web-reader", "tasks", "fetch", "startedBy", "agent"];

/**
 * The policy of the example fleet, in which `web-reader.fetch` may be started by its agent too. Synth refuses that, because
 * what its delegators read locks that start out; exchange and engines decide on it by themselves.
 */
export function withSelfStartingReader<T>(policy: T): T {
  return edited(policy, [[TASK, { $add: true }]], "web-reader.fetch starts itself");
}
