import { deepStrictEqual as equal } from "node:assert";
import { setTimeout as sleep } from "node:timers/promises";
import { COMPANION_PORTS } from "../../../domain";
import { synthesize } from "../../support/example-app";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { renderedObjects } from "../spire/objects";
import { agentPods } from "./agent-checks";
import { inPodOf } from "./ask-agent";
import { referenceOf } from "./images";
import { saysOf } from "./network-checks";
import { isReady, type OneNode } from "./one-node";
import { register } from "./registrar";
import { STRANGERS } from "./spire-checks";

const READY_SECONDS = 240;
/** In which the kubelet has asked both containers twice at least, every 5 s */
const ASKED_MILLISECONDS = 11_000;
const NAMESPACE = "support";
const POD = { apiVersion: "v1", kind: "Pod", metadata: { name: "support-triage-ready", namespace: NAMESPACE } };
const SERVICE = `ambit-support-triage.${NAMESPACE}.svc.cluster.local`;
/** Port of the agent's own code, as the fleet declares it */
const PORT = 8080;
/** At which the test tells the agent to listen at its port or not */
const TOLD = 9000;

const AGENT = `
const { createServer } = require("node:http");
let own;
const open = () => (own = createServer((_, response) => response.end()).listen(${PORT}, "127.0.0.1"));
const close = () => own.close();
createServer(({ url }, response) => (({ "/open": open, "/close": close })[url](), response.end())).listen(${TOLD}, "127.0.0.1");
open();
`;
const TELL = `
fetch("http://127.0.0.1:${TOLD}" + process.argv[1]).then(({ status }) => process.exit(status === 200 ? 0 : 1));
`;
const LOOK_UP = `
require("node:dns").promises.resolve4("${SERVICE}").then(
  (found) => console.log(JSON.stringify(found)),
  () => console.log("[]"),
);
`;

/** That a pod gets requests only while it can answer them, as the kubelet finds it out */
export function readyChecks(suite: Suite, node: Check<OneNode>, agents: Check): void {
  const unknown = suite.check(
    "ready: an agent that serves is not Ready without an SVID, though it listens",
    [node, agents],
    async ([on]) => {
      await on.client("deployer").apply(ofAgent());
      await told(on, { event: "pod.unready", parts: ["identity"] });
      equal(await found(on), [false, false]);
    },
  );

  const ready = suite.check(
    "ready: nor with an SVID while its port is closed, and then it is, and has an address by its service",
    [node, unknown],
    async ([on], note) => {
      await tell(on, "/close");
      await register(on);
      await told(on, { event: "pod.unready", parts: [`agent:${PORT}`] });
      equal(await found(on), [false, false]);
      await tell(on, "/open");
      const seconds = await until(async () => (await found(on)).join() === "true,true", READY_SECONDS, "it is not");
      note(`Ready and found ${seconds.toFixed(1)} s after it listens`);
    },
  );

  const asked = suite.check(
    "ready: what the kubelet asks leaves no line in its log, and no other pod may ask",
    [node, ready],
    async ([on]) => {
      const before = await lines(on);
      equal(before.at(-1)?.event, "pod.ready");
      const { podIP } = await statusOf(on);
      const urls = [`http://${podIP}:${COMPANION_PORTS.ready}/ready`, `http://${podIP}:${COMPANION_PORTS.inbound}`];
      await saysOf(on, STRANGERS, "stranger", urls, ["ECONNREFUSED", "ECONNREFUSED"]);
      await sleep(ASKED_MILLISECONDS);
      equal(await lines(on), before);
    },
  );

  suite.check(
    "ready: it is no more when its port is closed, and its address is gone",
    [node, asked],
    async ([on], note) => {
      await tell(on, "/close");
      const seconds = await until(
        async () => !(await found(on)).includes(true),
        READY_SECONDS,
        "it is Ready all the same",
      );
      note(`not Ready and not found ${seconds.toFixed(1)} s later`);
      const { event, parts } = (await lines(on)).at(-1) ?? {};
      equal([event, parts], ["pod.unready", [`agent:${PORT}`]]);
      await on.client("deployer").delete(POD);
    },
  );
}

/** A pod of the agent as it is rendered, beside those of its Deployment: with an agent that does what it is told */
function ofAgent(): KubeObject {
  const rendered = renderedObjects(synthesize(), ["agents"]).find(
    ({ object }) => object.kind === "Deployment" && object.metadata.name === "support-triage",
  );
  if (rendered === undefined) throw new Error("the stack agents renders no pods of support-triage");
  const { template } = agentPods(rendered.object).spec as { readonly template: Template };
  const containers = template.spec.containers.map((container) =>
    container.name === "agent" ? { ...container, image: referenceOf("node"), args: ["-e", AGENT] } : container,
  );
  return { ...POD, metadata: { ...POD.metadata, ...template.metadata }, spec: { ...template.spec, containers } };
}

interface Template {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
}

interface Line {
  readonly event: string;
  readonly parts?: readonly string[];
}

async function lines(on: OneNode): Promise<readonly Line[]> {
  const { name, namespace } = POD.metadata;
  const { stdout } = await on.kubectl(["logs", name, "-n", namespace, "-c", "companion"]);
  const all = stdout.split("\n").filter((line) => line !== "");
  return all.map((line) => JSON.parse(line) as Line);
}

/** Wait until the companion says so, as it does when the kubelet asks. */
async function told(on: OneNode, expected: Line): Promise<void> {
  const isTold = ({ event, parts }: Line): boolean => event === expected.event && `${parts}` === `${expected.parts}`;
  await until(
    async () => (await lines(on)).some(isTold) || (await found(on)).includes(true),
    READY_SECONDS,
    () => `the companion does not say ${JSON.stringify(expected)}`,
  );
}

async function statusOf(on: OneNode): Promise<{ readonly isReady: boolean; readonly podIP: string | undefined }> {
  const pod = await on.client("administrator").get(POD);
  return { isReady: isReady(pod), podIP: (pod.status as { readonly podIP?: string }).podIP };
}

/** Whether the pod is Ready, and whether the name by which the gateway looks leads to it */
async function found(on: OneNode): Promise<readonly [isReady: boolean, isFound: boolean]> {
  const { isReady, podIP } = await statusOf(on);
  const command = ["exec", "stranger", "-n", STRANGERS, "--", "/usr/bin/node", "-e", LOOK_UP];
  const { code, stdout, tail } = await on.kubectl(command);
  if (code !== 0) throw new Error(`exec in stranger failed: ${tail}`);
  return [isReady, podIP !== undefined && (JSON.parse(stdout) as readonly string[]).includes(podIP)];
}

async function tell(on: OneNode, path: "/close" | "/open"): Promise<void> {
  await inPodOf(on, await on.client("administrator").get(POD), [process.execPath, "-e", TELL, path]);
}
