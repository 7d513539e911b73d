import { deepStrictEqual as equal, match, ok } from "node:assert";
import { type Synthesized, synthesize } from "../../support/example-app";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { type RenderedObject, renderedObjects } from "../spire/objects";
import { eventually, write } from "../spire/platform-checks";
import { type AgentCode, DESK, type Rendered } from "./agent/code";
import { type Answer, askCompanion } from "./ask-companion";
import { CsiStandIn } from "./csi/stand-in";
import { hardened } from "./hardened";
import { containerHere, referenceOf } from "./images";
import type { OneNode } from "./one-node";
import { register } from "./registrar";
import { STRANGERS } from "./spire-checks";
import { temporary } from "./temporary";
import { namespace } from "./test-pods";

const READY_SECONDS = 240;
const NAMESPACE = "support";
const AGENT = { "ambit.internal/agent": "support-triage" };
export const SPIFFE_ID = "spiffe://prod.acme.example/ns/support/sa/support-triage";
/** Pods of the control stack ask AWS for keys and bundles: what of them runs comes after it. */
const ASKING_AWS = ["ambit-collector", "ambit-exchange", "ambit-gateway", "ambit-opa"];

export interface AgentProps {
  /** What runs in the agents' containers @default - a small web server */
  readonly code?: AgentCode;
  /** Whose agents they are @default - the example's */
  readonly app?: () => Synthesized;
}

/**
 * The pods of agents, as they are rendered, and which SVIDs they get
 *
 * @param props of the agents whose pods are rendered
 * @returns the check that an agent has its SVID, with the name of its pod
 */
export function agentChecks(
  suite: Suite,
  node: Check<OneNode>,
  spire: Check,
  { code = DESK, app = synthesize }: AgentProps = {},
): Check<string> {
  const driver = suite.check(
    "agents: a stand-in for the CSI driver is known to the kubelet",
    [node, spire],
    async ([on]) => {
      const started = await CsiStandIn.start(on);
      suite.afterwards(() => started.stop());
      await until(() => started.registered !== undefined, READY_SECONDS, "the kubelet did not answer");
      equal(started.registered, "registered");
    },
  );

  const applied = suite.check(
    "agents: control and agents apply as they are rendered",
    [node, driver],
    async ([on], note) => {
      for (const image of new Set([DESK.image, code.image]))
        await on.importImage(await image(temporary(suite, "agent")));
      const all = renderedObjects(app(), ["control", "agents"]);
      const [out, objects] = [all.filter(waits), all.filter((one) => !waits(one))];
      const deployer = on.client("deployer");
      for (const one of code.objects) await deployer.apply(one);
      for (const one of objects)
        await eventually(
          () => write(deployer, { ...one, object: agentPods(one.object, code) }),
          () => true,
        );
      note(
        `${objects.length} objects; of pods: images by the names of this cluster, one replica, smaller requests, ${code.said} as the agent`,
      );
      note(`not yet: pods of ${out.map(({ object }) => object.metadata.name).join(", ")}, which ask AWS`);
    },
  );

  const attested = suite.check(
    "agents: a companion gets the SVID of its service account, by the kubelet",
    [node, applied],
    async ([on], note) => {
      const [, name] = await running(on);
      ok(!(await log(on, name)).includes("identity.changed"), "it has an SVID before there is an entry");
      equal([...(await register(on))].sort(), identitiesIn(app()));
      const seconds = await until(
        async () => (await log(on, name)).includes("identity.changed"),
        READY_SECONDS,
        () => `${name} has no SVID`,
      );
      match(await log(on, name), new RegExp(`"identity.changed".*"${SPIFFE_ID}"`));
      note(`${seconds.toFixed(1)} s after its entry`);
      return name;
    },
  );

  suite.check(
    "agents: nothing is registered twice, nor what no declaration selects",
    [node, attested],
    async ([on]) => {
      equal(await register(on), []);
    },
  );

  suite.check("agents: a pod that no declaration selects gets no SVID", [node, attested], async ([on]) => {
    equal((await refusedStranger(on)).not_ready, ["identity"]);
    equal(await register(on), []);
  });

  suite.check("agents: labels that are forged are refused", [node, attested], async ([on]) => {
    match(await forgedStranger(on), /ValidatingAdmissionPolicy 'ambit-foreign-pods'/);
  });
  return attested;
}

/** A companion with the volume, in a namespace that is no agent's */
const STRANGER: KubeObject = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "no-agent", namespace: STRANGERS, labels: { app: "no-agent" } },
  spec: hardened(
    {
      name: "companion",
      image: referenceOf("companion"),
      env: [
        { name: "AMBIT_EXCHANGE_URL", value: "https://ambit-exchange.ambit-system.svc:8443" },
        { name: "SPIFFE_ENDPOINT_SOCKET", value: "unix:///spiffe-workload-api/spire-agent.sock" },
      ],
      volumeMounts: [{ name: "spiffe", mountPath: "/spiffe-workload-api", readOnly: true }],
    },
    { volumes: [{ name: "spiffe", csi: { driver: "csi.spiffe.io", readOnly: true } }] },
  ),
};

/**
 * A companion in a pod that no declaration selects asks the agent of its node for an SVID.
 *
 * @returns what it says once it was refused
 */
export async function refusedStranger(on: OneNode): Promise<Answer> {
  const client = on.client("administrator");
  await client.apply(namespace(STRANGERS));
  // The namespace's service account comes a moment after it.
  const isTaken = (): Promise<boolean> => client.apply(STRANGER).then(Boolean, () => false);
  await until(isTaken, READY_SECONDS, `${STRANGERS} takes no pod`);
  await on.podReady(STRANGERS, { app: "no-agent" }, READY_SECONDS);
  let answer: Answer = {};
  const told = /no identity issued/;
  await until(
    async () => {
      [, answer] = await askCompanion(on, STRANGERS, "no-agent", "GET", "/ready");
      return told.test(String(answer.error_description));
    },
    READY_SECONDS,
    () => JSON.stringify(answer),
  );
  return answer;
}

/**
 * The same pod with the labels of an agent.
 *
 * @returns how the API server refuses it, or "allowed"
 */
export function forgedStranger(on: OneNode): Promise<string> {
  const labels = { ...AGENT, "ambit.internal/managed": "true", "ambit.internal/state": "active" };
  const forged = { ...STRANGER, metadata: { ...STRANGER.metadata, name: "forged", labels } };
  return on
    .client("administrator")
    .create(forged, { dryRun: true })
    .then(
      () => "allowed",
      ({ message }: Error) => message,
    );
}

/** SPIFFE IDs of the agents whose pods are rendered */
function identitiesIn(app: Synthesized): readonly string[] {
  return renderedObjects(app, ["agents"])
    .filter(({ object: { kind } }) => kind === "Deployment")
    .map(({ object: { metadata } }) => `spiffe://prod.acme.example/ns/${metadata.namespace}/sa/${metadata.name}`)
    .sort();
}

function waits({ object }: RenderedObject): boolean {
  return object.kind === "Deployment" && ASKING_AWS.includes(object.metadata.name);
}

interface Pods {
  readonly template: {
    readonly spec: { readonly containers: readonly Rendered[]; readonly volumes: readonly object[] };
  };
}

/** The pod as rendered, but for images, replicas and requests, and for what the agent's code says of its own */
export function agentPods(object: KubeObject, code: AgentCode = DESK): KubeObject {
  if (object.kind !== "Deployment") return object;
  const { template, ...spec } = object.spec as unknown as Pods;
  const containers = template.spec.containers.map((container) => ({
    ...container,
    ...(container.name === "agent" ? code.container(container) : containerHere(container.name, container)),
  }));
  const volumes = [...template.spec.volumes, ...code.volumes];
  return {
    ...object,
    spec: { ...spec, replicas: 1, template: { ...template, spec: { ...template.spec, containers, volumes } } },
  };
}

/** A pod of the agent whose containers run, with or without an SVID */
async function running(on: OneNode): Promise<readonly [seconds: number, name: string]> {
  let name = "";
  const seconds = await until(
    async () => {
      const pods = await on.client("administrator").list("v1", "Pod", NAMESPACE);
      const pod = pods.find(
        ({ metadata }) => (metadata.labels as typeof AGENT)["ambit.internal/agent"] === "support-triage",
      );
      name = pod?.metadata.name ?? "";
      const { containerStatuses = [] } = (pod?.status ?? {}) as { containerStatuses?: readonly { state: object }[] };
      return containerStatuses.length === 2 && containerStatuses.every(({ state }) => "running" in state);
    },
    READY_SECONDS,
    `the pod ${name} does not run`,
  );
  return [seconds, name];
}

/** Of its companion */
export async function log(on: OneNode, pod: string): Promise<string> {
  const { stdout } = await on.kubectl(["logs", pod, "-n", NAMESPACE, "-c", "companion"]);
  return stdout;
}
