import { deepStrictEqual as equal, ok } from "node:assert";
import { askAgent } from "../cluster/ask-agent";
import { askPayments } from "../cluster/ask-tool";
import { STATE_TABLE } from "../cluster/aws/account";
import { CLERK } from "../cluster/clerk-pods";
import type { Control } from "../cluster/control-checks";
import { registered } from "../cluster/control-checks";
import { isReady, type OneNode } from "../cluster/one-node";
import { storeAt } from "../exchange/state-table";
import { recordsIn } from "../exchange/written-records";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { breachesOf, unrecorded } from "./model";
import type { Tally } from "./schedule-checks";
import { tableOf } from "./times";

const MOST_SECONDS = 240;
/** Of the control plane and of SPIRE */
const NAMESPACES = ["ambit-system", "spire-server", "spire-system"];

/** What must hold of all schedules together, and how the cluster is left */
export function afterChecks(suite: Suite, node: Check<OneNode>, { aws, front, clerk }: Control, tally: Tally): void {
  suite.check("faults: over all of it no budget was exceeded and nothing passed that must not", [clerk], (_, note) => {
    const refunds = tally.arrivals.filter(({ tool }) => tool === "create_refund").length;
    note(`${refunds} refunds that a person had approved were paid out`);
    ok(refunds > 0, "no refund was paid out");
    equal(breachesOf(tally), []);
  });

  suite.check(
    "faults: each run that began, each call that reached the tool and each decision is on record, in sound chains",
    [aws, clerk],
    async ([account], note) => {
      const store = storeAt(account.url, STATE_TABLE);
      try {
        const records = (await recordsIn(store)).map(({ kind, facts: { run, call } }) => ({
          kind,
          run: textOf(run),
          call: textOf(call),
        }));
        note(
          `${records.length} records of ${tally.attempts.length} requests, of which ${tally.arrivals.length} arrived`,
        );
        equal(unrecorded(tally, records), []);
        const decided = records.filter(({ kind }) => kind === "approval.decided").length;
        ok(decided >= tally.decisions, `people decided ${tally.decisions} times, and ${decided} times are on record`);
      } finally {
        await store.close();
      }
    },
  );

  suite.check(
    "faults: afterwards every pod is Ready, and a new pod of the agent gets its SVID, and its call passes",
    [node, front, clerk],
    async ([on, { login }, old], note) => {
      const seconds = await until(() => areReady(on).catch(() => false), MOST_SECONDS, "not all pods are Ready");
      note(`all were Ready ${seconds.toFixed(1)} s later`);
      await on.client("administrator").delete({ ...old, apiVersion: "v1", kind: "Pod" });
      let pod: KubeObject | undefined;
      const isNew = async () => (pod = await clerkOf(on, old)) !== undefined;
      await until(isNew, MOST_SECONDS, "no other pod of the agent comes");
      await registered(on, CLERK.spiffeId);
      const isThere = async () => (await askAgent(on, pod as KubeObject, "GET", "/ready"))[0] === 200;
      const later = await until(() => isThere().catch(() => false), MOST_SECONDS, "it has no SVID");
      note(`the new pod had its SVID ${later.toFixed(1)} s after its entry`);
      const call = { task: "look", tool: "find_order", given: { order: "AC-1001" } } as const;
      equal((await askPayments(on, pod as unknown as KubeObject, login, call))[0], 200);
    },
  );

  suite.check("faults: how long each part was missed", [clerk], (_, note) => {
    const table = tableOf(tally.measured);
    for (const line of table) note(line);
    ok(table.length > 0, "nothing was harmed");
  });
}

async function areReady(on: OneNode): Promise<boolean> {
  const client = on.client("administrator");
  const all = await Promise.all(NAMESPACES.map((namespace) => client.list("v1", "Pod", namespace)));
  return all
    .map((pods) => pods.filter(({ metadata }) => metadata.ownerReferences !== undefined))
    .every((pods) => pods.length > 0 && pods.every(isReady));
}

async function clerkOf(on: OneNode, old: KubeObject): Promise<KubeObject | undefined> {
  const pods = await on.client("administrator").list("v1", "Pod", CLERK.namespace);
  return pods.find(
    ({ metadata: { name, labels, deletionTimestamp }, status }) =>
      name !== old.metadata.name &&
      deletionTimestamp === undefined &&
      Object.entries(CLERK.labels).every(
        ([key, value]) => (labels as typeof CLERK.labels | undefined)?.[key as never] === value,
      ) &&
      (status as { readonly podIP?: string }).podIP !== undefined,
  );
}

function textOf(fact: unknown): string {
  return typeof fact === "string" ? fact : "";
}
