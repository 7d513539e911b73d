import { deepStrictEqual as equal, ok } from "node:assert";
import { join } from "node:path";
import { imageProps, IMAGES } from "../../../images/contents";
import { writeImage } from "../../../images/oci/layout";
import { type Check, Skipped, type Suite } from "../harness/suite";
import { until } from "../harness/until";
import type { KubeObject } from "../spire/kube-client";
import { olderSpirePrograms } from "../spire/programs";
import { IMAGE_TAG, referenceOf } from "./images";
import { isReady, type OneNode } from "./one-node";
import { renderedSpire } from "./rendered-spire";
import { NODE_AGENT, SERVER, serverSays } from "./spire-server";
import { temporary } from "./temporary";

const READY_SECONDS = 240;
const OLDER_TAG = "older";
const NAMES = ["spire-server", "spire-agent"] as const;

type Named = (object: KubeObject) => KubeObject;

export interface Upgrade {
  /** Names the images of one minor before; those of this cluster where that could not be built */
  readonly images: (built: Check) => Check<Named>;
  /** To the server of this minor, with agents of the one before, once agents have SVIDs */
  readonly server: (agents: Check) => Check;
  /** To agents of this minor */
  readonly agents: (server: Check, companion: Check<string>) => Check;
}

/** SPIRE goes up by one minor, servers first, while companions have their SVIDs. */
export function upgradeChecks(suite: Suite, node: Check<OneNode>): Upgrade {
  let missing: string | undefined;
  const images = (built: Check): Check<Named> =>
    suite.check("upgrade: the node has images of SPIRE one minor before", [node, built], async ([on], note) => {
      try {
        const { server, agent } = await olderSpirePrograms();
        const programs = { "spire-server": server, "spire-agent": agent };
        const folder = temporary(suite, "older-spire");
        for (const name of NAMES) {
          const layout = join(folder, name);
          await writeImage(layout, OLDER_TAG, imageProps(IMAGES[name], programs, folder));
          await on.importImage({ name, layout });
        }
        return ofOlder;
      } catch (error) {
        if (!(error instanceof Skipped)) throw error;
        // All else of the cluster goes on with the programs of this minor.
        note((missing = error.message));
        return (object: KubeObject) => object;
      }
    });

  const server = (agents: Check): Check =>
    suite.check(
      "upgrade: the server comes first: it has the data of the one before, and its nodes stay attested",
      [node, agents],
      async ([on], note) => {
        if (missing !== undefined) throw new Skipped(missing);
        const before = await stateOf(on);
        ok(before.agents.length > 0 && before.authorities.length > 0 && before.entries > 0, JSON.stringify(before));
        const seconds = await upgraded(on, "StatefulSet", SERVER);
        equal(await stateOf(on), before);
        note(
          `one pod after another, Ready ${seconds.toFixed(1)} s later, with authorities, entries and nodes of before`,
        );
      },
    ) as Check;

  const agents = (ofServer: Check, companion: Check<string>): Check =>
    suite.check(
      "upgrade: then the agents, and a companion that has its SVID stays Ready",
      [node, ofServer, companion],
      async ([on, , name], note) => {
        const nodes = (await stateOf(on)).agents;
        let unready = 0;
        const watching = setInterval(() => {
          void ready(on, "support", name).then((is) => (unready += is ? 0 : 1));
        }, 1_000);
        try {
          const seconds = await upgraded(on, "DaemonSet", NODE_AGENT);
          note(`Ready ${seconds.toFixed(1)} s later`);
        } finally {
          clearInterval(watching);
        }
        equal([unready, await ready(on, "support", name)], [0, true]);
        equal((await stateOf(on)).agents, nodes);
      },
    ) as Check;
  return { images, server, agents };
}

function ofOlder(object: KubeObject): KubeObject {
  const text = NAMES.reduce(
    (all, name) =>
      all.replaceAll(referenceOf(name), referenceOf(name).replace(new RegExp(`:${IMAGE_TAG}$`), `:${OLDER_TAG}`)),
    JSON.stringify(object),
  );
  return JSON.parse(text) as KubeObject;
}

interface State {
  /** SPIFFE IDs of nodes that are attested */
  readonly agents: readonly string[];
  /** Of the trust domain, as base64 of DER */
  readonly authorities: readonly string[];
  readonly entries: number;
}

async function stateOf(on: OneNode): Promise<State> {
  const { agents } = (await serverSays(on, ["agent", "list"])) as {
    readonly agents: readonly { readonly id: { readonly path: string } }[];
  };
  const { x509_authorities: authorities } = (await serverSays(on, ["bundle", "show"])) as {
    readonly x509_authorities: readonly { readonly asn1: string }[];
  };
  const { entries } = (await serverSays(on, ["entry", "show"])) as { readonly entries: readonly unknown[] };
  return {
    agents: agents.map(({ id }) => id.path),
    authorities: authorities.map(({ asn1 }) => asn1),
    entries: entries.length,
  };
}

/** Apply what is rendered, and wait until each of its pods runs this minor. @returns seconds that it took */
async function upgraded(on: OneNode, kind: string, { namespace, labels }: typeof NODE_AGENT): Promise<number> {
  const [rendered] = renderedSpire().objects.filter(
    ({ object }) => object.kind === kind && object.metadata.namespace === namespace,
  );
  if (rendered === undefined) throw new Error(`the stack spire renders no ${kind} in ${namespace}`);
  await on.client("deployer").apply(rendered.object);
  return until(
    async () => {
      const pods = (await on.client("administrator").list("v1", "Pod", namespace)).filter(({ metadata }) =>
        Object.entries(labels).every(
          ([key, value]) => (metadata.labels as Readonly<Record<string, string>>)[key] === value,
        ),
      );
      return (
        pods.length > 0 && pods.every((pod) => isReady(pod) && !JSON.stringify(pod.spec).includes(`:${OLDER_TAG}"`))
      );
    },
    READY_SECONDS,
    () => `pods in ${namespace} are not of this minor`,
  );
}

async function ready(on: OneNode, namespace: string, name: string): Promise<boolean> {
  return isReady(
    await on.client("administrator").get({ apiVersion: "v1", kind: "Pod", metadata: { name, namespace } }),
  );
}
