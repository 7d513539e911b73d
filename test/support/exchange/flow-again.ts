import type { Run } from "../../../runtime/session/session";
import type { Deed, FlowAgent, FlowTask } from "./flow-fleet";
import { knowerOf } from "./flow-model";
import type { Answer, FlowWorld, For } from "./flow-world";

/** What is tried by a run of its own: a deed, work that is handed on, or a deed of the delegate */
export interface Again {
  readonly agent: FlowAgent;
  readonly by: For;
  readonly deed?: Deed | undefined;
  /** `<agent>.<task>` */
  readonly delegate?: string | undefined;
  /** Whether a request is made with the token that hands work on */
  readonly presents?: boolean | undefined;
  /** Whether it is answered */
  readonly answers?: boolean | undefined;
}

/** The knower of a run, and the agents that handed its work on */
export function chained(
  run: Pick<Run, "agent" | "txn" | "user"> & { readonly chain: readonly { readonly agent: string }[] },
) {
  return [knowerOf(run), ...run.chain.map(({ agent }) => agent)].join("<");
}

export function begunBy({ agent, user, evidence }: Run): Pick<Again, "agent" | "by"> {
  const by = user === null ? (evidence === null ? "self" : "event") : (user.subject as For);
  return { agent: agent as FlowAgent, by };
}

/** What comes of it, in runs that begin for it */
export async function tried(
  world: FlowWorld,
  { agent, by, deed, delegate, presents, answers }: Again,
): Promise<Answer<unknown>> {
  const token = await world.start(agent, delegate === undefined ? (deed ?? "work") : "work", by);
  if (!("given" in token)) return token;
  if (delegate === undefined) return deed === undefined ? token : world.use(deed, token.given);
  const handed = await world.hand(agent, token.given.run, delegate);
  if (!("given" in handed) || (deed === undefined && presents !== true)) return handed;
  const [to, task] = delegate.split(".") as [FlowAgent, FlowTask];
  const begun = await world.present(to, task, handed.given);
  if (!("given" in begun)) return begun;
  const used = deed === undefined ? begun : await world.use(deed, begun.given);
  if (!("given" in used) || answers !== true) return used;
  return world.message("answer", await world.run(begun.given.run));
}
