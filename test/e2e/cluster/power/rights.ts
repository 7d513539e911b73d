import type { KubeObject } from "../../spire/kube-client";
import { forgedStranger, refusedStranger } from "../agent-checks";
import { askAgent } from "../ask-agent";
import { askPayments } from "../ask-tool";
import type { Login } from "../aws/login";
import { CLERK } from "../clerk-pods";
import { codesIn } from "../codes-of";
import type { OneNode } from "../one-node";
import { serverSays } from "../spire-server";
import { podOfKilled, podsOfKilled, STOPPED } from "./stopped";

const PAYMENTS = { find: { tool: "find_order", given: { order: "AC-1001" } }, pay: { tool: "create_refund" } } as const;

export interface Rights {
  /** SPIFFE IDs of SPIRE's entries, each as often as there is one */
  readonly entries: readonly string[];
  /** What came of what is asked for, by what it is */
  readonly answers: Answers & { readonly "an SVID for a pod that nothing declares": unknown };
}

interface Answers {
  readonly "a call that its task has": Called;
  readonly "a call that its task does not have": Called;
  readonly "a call that a person decides": readonly [status: number, isAsked: boolean];
  readonly "a run of a task": Began;
  readonly "a run of a task that is not declared": Began;
  readonly "a run that another may not start": Began;
  readonly "a run of a user who is stopped": Began;
  readonly "a pod of an agent that is killed": string;
  readonly "pods of an agent that is killed": readonly string[];
  readonly "a pod with forged labels": string;
}

type Began = readonly [status: number, codes: readonly string[]];
type Called = readonly [...Began, said: unknown];

/** Who has what: what the same requests get, and who is registered */
export async function rightsOf(on: OneNode, pod: KubeObject, login: Login): Promise<Rights> {
  const begins = async (start: object, user?: string): Promise<Began> => {
    const evidence = login.token({ ...CLERK.evidence, ...(user !== undefined && { user }) });
    const [status, answer] = await askAgent(on, pod, "POST", "/v1/runs", { start: "user", evidence, ...start });
    return [status, codesIn(answer)];
  };
  const calls = async (task: "look" | "payout", tool: string, given: object): Promise<Called> => {
    const [status, answer] = await askPayments(on, pod, login, { task, tool, given });
    const { message } = (answer.error ?? {}) as { readonly message?: string };
    return [status, codesIn(answer), answer.result ?? message];
  };
  const { find, pay } = PAYMENTS;
  // It makes the namespace of strangers.
  const { not_ready: without } = await refusedStranger(on);
  const asked: { readonly [What in keyof Answers]: Promise<Answers[What]> } = {
    "a call that its task has": calls("look", find.tool, find.given),
    "a call that its task does not have": calls("look", pay.tool, {}),
    // What else stands against it depends on what the session has done before.
    "a call that a person decides": calls("payout", pay.tool, { ...find.given, amount: 20 }).then(([status, codes]) => [
      status,
      codes.includes("approval.required"),
    ]),
    "a run of a task": begins({ task: "look" }),
    "a run of a task that is not declared": begins({ task: "fly" }),
    "a run that another may not start": begins({ task: "look", start: "schedule" }),
    "a run of a user who is stopped": begins({ task: "look" }, STOPPED.user.subject),
    "a pod of an agent that is killed": podOfKilled(on).then(policyIn),
    "pods of an agent that is killed": podsOfKilled(on),
    "a pod with forged labels": forgedStranger(on).then(policyIn),
  };
  const answers = await Promise.all(Object.entries(asked).map(async ([what, answer]) => [what, await answer]));
  return {
    entries: await entriesOf(on),
    answers: { ...(Object.fromEntries(answers) as Answers), "an SVID for a pod that nothing declares": without },
  };
}

/** The admission policy that refuses; the answer itself where none does */
function policyIn(answer: string): string {
  return /ValidatingAdmissionPolicy '([^']+)'/.exec(answer)?.[1] ?? answer;
}

async function entriesOf(on: OneNode): Promise<readonly string[]> {
  const { entries } = (await serverSays(on, ["entry", "show"])) as {
    readonly entries: readonly { readonly spiffe_id: { readonly path: string } }[];
  };
  return entries.map(({ spiffe_id: id }) => id.path).sort();
}
