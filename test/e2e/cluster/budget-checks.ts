import { deepStrictEqual as equal, ok } from "node:assert";
import { synthesize } from "../../support/example-app";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { KubeError, type KubeObject } from "../spire/kube-client";
import { renderedObjects } from "../spire/objects";
import { whileRegistering } from "./control-rollout";
import { evict } from "./evict";
import { isReady, type OneNode } from "./one-node";

const STACKS = ["foundation", "spire", "control", "agents"] as const;
const SECONDS = 300;

type Labels = Readonly<Record<string, string>>;

/** A PodDisruptionBudget as it is rendered */
interface Budget {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Labels;
  /** How many of these pods it lets be evicted at once */
  readonly allows: (pods: number) => number;
}

/** What a budget makes of the pods that run here */
interface Row {
  readonly budget: Budget;
  readonly pods: readonly KubeObject[];
  /** For each, one after another */
  readonly expected: readonly ("allowed" | "429")[];
}

/**
 * Every budget that is rendered, also those of one pod, asked as `kubectl drain` asks
 *
 * @param pods checks that they run
 */
export function budgetChecks(suite: Suite, node: Check<OneNode>, pods: readonly Check[]): Check {
  return suite.check(
    "budgets: an eviction is answered as each rendered budget says, and what was evicted is replaced",
    [node, ...pods],
    async ([on], note) => {
      const wrong: string[] = [];
      const act = async (): Promise<void> => {
        const budgets = budgetsOf();
        ok(budgets.length > 0, "no budget is rendered");
        await until(() => areReady(on, budgets), SECONDS, "not all pods that a budget counts are Ready");
        const rows = await Promise.all(budgets.map((budget) => rowOf(on, budget)));
        const begin = performance.now();
        for (const { budget, pods, expected } of rows) {
          const answers: string[] = [];
          for (const pod of pods) answers.push(await answerTo(on, pod));
          if (answers.join() !== expected.join())
            wrong.push(`${budget.name}: ${answers.join()}, and should be ${expected.join()}`);
          note(`${budget.name}, ${pods.length} pods: ${answers.join(", ")}`);
        }
        equal(wrong, []);
        const gone = rows.flatMap(({ pods, expected }) => pods.filter((_, index) => expected[index] === "allowed"));
        await until(
          async () => (await Promise.all(rows.map((row) => areReplaced(on, row, gone)))).every(Boolean),
          SECONDS,
          "what was evicted is not replaced",
        );
        note(`${gone.length} are replaced after ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
      };
      // SPIRE's server is one of them.
      await whileRegistering(on, act, true);
    },
  ) as Check;
}

async function areReady(on: OneNode, budgets: readonly Budget[]): Promise<boolean> {
  const all = await Promise.all(budgets.map((budget) => podsOf(on, budget)));
  return all.every((pods) => pods.length > 0 && pods.every(isReady));
}

async function rowOf(on: OneNode, budget: Budget): Promise<Row> {
  const pods = await podsOf(on, budget);
  const allowed = budget.allows(pods.length);
  return { budget, pods, expected: pods.map((_, index) => (index < allowed ? "allowed" : "429")) };
}

function budgetsOf(): readonly Budget[] {
  return renderedObjects(synthesize(), STACKS)
    .filter(({ object }) => object.kind === "PodDisruptionBudget")
    .map(({ object }) => {
      const { name, namespace = "" } = object.metadata;
      const { selector, ...bounds } = object.spec as { readonly selector: { readonly matchLabels: Labels } } & Bounds;
      return { name: `${namespace}/${name}`, namespace, labels: selector.matchLabels, allows: allowedBy(bounds) };
    });
}

interface Bounds {
  readonly maxUnavailable?: number | string;
  readonly minAvailable?: number | string;
}

function allowedBy({ maxUnavailable, minAvailable }: Bounds): Budget["allows"] {
  const [most, least] = [maxUnavailable, minAvailable].map((bound) => (bound === undefined ? undefined : whole(bound)));
  if (most !== undefined && least === undefined) return (pods) => Math.min(pods, most);
  if (least !== undefined && most === undefined) return (pods) => Math.max(0, pods - least);
  throw new Error("a budget has either maxUnavailable or minAvailable");
}

function whole(bound: number | string): number {
  if (!/^\d+$/.test(`${bound}`)) throw new Error(`this table knows whole numbers of pods, got ${bound}`);
  return Number(bound);
}

async function podsOf(on: OneNode, { namespace, labels }: Budget): Promise<readonly KubeObject[]> {
  return (await on.client("administrator").list("v1", "Pod", namespace)).filter(({ metadata }) => {
    const own = (metadata.labels ?? {}) as Labels;
    return (
      metadata.deletionTimestamp === undefined && Object.entries(labels).every(([name, value]) => own[name] === value)
    );
  });
}

async function answerTo(on: OneNode, pod: KubeObject): Promise<string> {
  try {
    await evict(on, pod);
    return "allowed";
  } catch (error) {
    if (error instanceof KubeError) return String(error.code);
    throw error;
  }
}

/** By as many that are Ready */
async function areReplaced(on: OneNode, { budget, pods }: Row, gone: readonly KubeObject[]): Promise<boolean> {
  const ended = gone.map(({ metadata }) => metadata.uid);
  const now = (await podsOf(on, budget)).filter((pod) => isReady(pod) && !ended.includes(pod.metadata.uid));
  return now.length >= pods.length;
}
