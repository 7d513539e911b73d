import { deepStrictEqual as equal, match, ok } from "node:assert";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { AGENT_PROGRAM, NODE_PROGRAM } from "./aws/svid-helper";
import { CLERK, clerkPods } from "./clerk-pods";
import type { Control } from "./control-checks";
import { standInHere } from "./images";
import type { OneNode } from "./one-node";
import { register } from "./registrar";

const READY_SECONDS = 240;
/** Answers to a container that must get none, after its neighbour has an SVID */
const REFUSALS = 2;
const OTHER = { agent: "ledger-reconciler", spiffeId: "spiffe://prod.acme.example/ns/finance/sa/ledger-reconciler" };

/**
 * Asks again and again for its own SVID, each time anew and with an end: the stream of a client that may have none is
 * not closed but tried again, so that client never gets an answer.
 */
const ASK = `
const { execFile } = require("node:child_process");
const args = ["api", "fetch", "x509", "-socketPath", "/spiffe-workload-api/spire-agent.sock", "-timeout", "5s", "-output", "json"];
const ask = () => execFile("${AGENT_PROGRAM}", args, (error, stdout, stderr) => {
  const given = error ? [] : JSON.parse(stdout).svids.map(({ spiffe_id: id }) => id);
  const [, code = ""] = /code = (\\w+)/.exec(stderr) ?? [];
  console.log(JSON.stringify({ at: Date.now(), given, code }));
  setTimeout(ask, 1000);
});
ask();
process.on("SIGTERM", () => process.exit(0));
`;

interface Told {
  /** Milliseconds since the epoch */
  readonly at: number;
  /** SPIFFE IDs */
  readonly given: readonly string[];
  /** Of gRPC */
  readonly code: string;
}

/** Which process of which pod gets which SVID, where all of them reach the agent's socket */
export function attestationChecks(suite: Suite, node: Check<OneNode>, { clerk, applied }: Control): void {
  const asking = suite.check(
    "attested: pods whose every container asks for an SVID, by the same program",
    [node, clerk, applied],
    async ([on], note) => {
      const deployer = on.client("administrator");
      const pods = [
        askingPod("asking"),
        askingPod("asking-other", OTHER.agent),
        askingPod("asking-default", "default"),
      ];
      for (const pod of pods) await deployer.apply(pod);
      const made = new Set<string>();
      await until(
        async () => {
          for (const id of await register(on)) made.add(id);
          return made.has(CLERK.spiffeId) && made.has(OTHER.spiffeId);
        },
        READY_SECONDS,
        () => `there are entries for ${[...made].join(", ")}`,
      );
      ok(![...made].some((id) => id.endsWith("/default")), "there is an entry for the account of no agent");
      note("the pods are those of refund-clerk, with the socket mounted into the agent's container too");
    },
  );

  suite.check(
    "attested: the companion's container gets the SVID, and the agent's beside it is denied",
    [node, asking],
    async ([on]) => {
      const [first] = await told(on, "asking", "companion", ({ given }) => given.length > 0);
      equal(first?.given, [CLERK.spiffeId]);
      const since = first?.at ?? 0;
      const later = await told(on, "asking", "agent", ({ at }) => at > since, REFUSALS);
      equal(outcomes(later), new Set(["PermissionDenied"]));
      equal(
        (await log(on, "asking", "agent")).flatMap(({ given }) => given),
        [],
      );
    },
  );

  suite.check(
    "attested: a pod of another service account gets its own SVID alone, and one of none is denied",
    [node, asking],
    async ([on]) => {
      const [other] = await told(on, "asking-other", "companion", ({ given }) => given.length > 0);
      equal(other?.given, [OTHER.spiffeId]);
      for (const container of ["companion", "agent"]) {
        const all = await told(on, "asking-default", container, () => true, REFUSALS);
        equal(outcomes(all), new Set(["PermissionDenied"]));
      }
    },
  );

  suite.check(
    "attested: the labels of an agent are refused to another service account, and its account without them",
    [node, asking],
    async ([on]) => {
      const client = on.client("administrator");
      const { metadata, spec } = askingPod("forged") as KubeObject & { readonly spec: object };
      const forged = [
        { metadata, spec: { ...spec, serviceAccountName: "default" } },
        { metadata, spec: { ...spec, serviceAccountName: OTHER.agent } },
        { metadata: { ...metadata, labels: {} }, spec },
      ];
      for (const pod of forged) {
        const refusal = await client.create({ apiVersion: "v1", kind: "Pod", ...pod }, { dryRun: true }).then(
          () => "allowed",
          ({ message }: Error) => message,
        );
        match(refusal, /ValidatingAdmissionPolicy 'ambit-agent-pods'/);
      }
      for (const name of ["asking", "asking-other", "asking-default"]) await client.delete(askingPod(name));
    },
  );
}

interface Pods {
  readonly template: {
    readonly metadata: { readonly labels: Readonly<Record<string, string>> };
    readonly spec: { readonly containers: readonly { readonly name: string; readonly volumeMounts: unknown }[] };
  };
}

/** A pod of the clerk as rendered, whose containers all ask; of another service account with what belongs to that one */
function askingPod(name: string, account = "refund-clerk"): KubeObject {
  const { template } = clerkPods().spec as Pods;
  const { metadata, spec } = template;
  const companion = spec.containers.find((container) => container.name === "companion");
  const containers = spec.containers.map((container) => ({
    ...container,
    ...standInHere("svid-helper"),
    command: [NODE_PROGRAM, "-e", ASK],
    env: [],
    ports: [],
    readinessProbe: undefined,
    lifecycle: undefined,
    volumeMounts: companion?.volumeMounts,
  }));
  const own = account === "default" ? {} : { ...metadata.labels, "ambit.internal/agent": account };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: CLERK.namespace, labels: own },
    spec: { ...spec, serviceAccountName: account, terminationGracePeriodSeconds: 1, containers },
  };
}

/** What a container was told, once so many answers are such */
async function told(
  on: OneNode,
  pod: string,
  container: string,
  isSuch: (one: Told) => boolean,
  least = 1,
): Promise<readonly Told[]> {
  let found: readonly Told[] = [];
  await until(
    async () => (found = (await log(on, pod, container)).filter(isSuch)).length >= least,
    READY_SECONDS,
    () => `${container} of ${pod} was told ${JSON.stringify(found)}`,
  );
  return found;
}

/** What was given, and how it was refused, each once */
function outcomes(all: readonly Told[]): ReadonlySet<string> {
  return new Set(all.map(({ given, code }) => `${given.join()}${code}`));
}

async function log(on: OneNode, pod: string, container: string): Promise<readonly Told[]> {
  const { stdout } = await on.kubectl(["logs", pod, "-n", CLERK.namespace, "-c", container]);
  return stdout.split("\n").flatMap((line) => (line.startsWith("{") ? [JSON.parse(line) as Told] : []));
}
