import { deepStrictEqual as equal, match } from "node:assert";
import type { ImageName } from "../../../images/contents";
import type { Check, Suite } from "../harness/suite";
import { until } from "../harness/until";
import { writtenImages } from "../images/written";
import { askCompanion } from "./ask-companion";
import { IMAGE_TAG } from "./images";
import { COMPANIONS, imagePod, IMAGES_NAMESPACE, imageWorld } from "./image-world";
import type { OneNode } from "./one-node";
import { temporary } from "./temporary";
import { namespace } from "./test-pods";

const READY_SECONDS = 240;
const NAMES = [
  "exchange",
  "companion",
  "authorizer",
  "envoy",
  "opa",
  "spire-server",
  "spire-agent",
  "spire-oidc-discovery-provider",
] as const satisfies readonly ImageName[];

/** Runs that do not begin: by whose companion, what is asked for, and the refusal */
const UNDECLARED: readonly (readonly [keyof typeof COMPANIONS, body: object, status: number, code: string])[] = [
  ["stranger", { task: "fetch", start: "agent" }, 403, "agent.unknown"],
  ["web-reader", { task: "refund", start: "agent" }, 403, "task.undeclared"],
  ["web-reader", { task: "fetch", start: "user" }, 400, "companion.malformed"],
  ["web-reader", { task: "fetch", start: "user", evidence: "x.y.z" }, 403, "start.undeclared"],
];

/** Programs that need nothing but what they are started with */
const SERVING: readonly (readonly [image: ImageName, container: Readonly<Record<string, unknown>>])[] = [
  [
    "envoy",
    {
      args: [
        "--disable-hot-restart",
        "--config-yaml",
        JSON.stringify({ admin: { address: { socket_address: { address: "0.0.0.0", port_value: 9901 } } } }),
      ],
      readinessProbe: { httpGet: { port: 9901, path: "/ready" }, periodSeconds: 1 },
    },
  ],
  [
    "opa",
    {
      args: ["run", "--server", "--addr=0.0.0.0:8181", "--disable-telemetry"],
      readinessProbe: { httpGet: { port: 8181, path: "/health" }, periodSeconds: 1 },
    },
  ],
];

/** Programs that refuse to start without what they need, and how they say so */
const REFUSALS: readonly (readonly [image: ImageName, args: readonly string[] | undefined, says: RegExp])[] = [
  ["authorizer", undefined, /AMBIT_CONFIG must be the path of the configuration, got nothing: set it/],
  ["spire-server", ["-config", "/files/server.conf"], /could not find config file.*\/files\/server\.conf/],
];

/** The images that this repository builds, as pods */
export function imageChecks(suite: Suite, node: Check<OneNode>, dns: Check): Check {
  const loaded = suite.check(
    "images: they are built without a registry, and a node takes them",
    [node],
    async ([on], note) => {
      const folder = temporary(suite, "images");
      for (const image of await writtenImages(NAMES, folder, IMAGE_TAG)) {
        const begin = performance.now();
        await on.importImage(image);
        const seconds = (performance.now() - begin) / 1000;
        note(`${image.name}: ${Math.round(image.size / 1e6)} MB, imported in ${seconds.toFixed(1)} s`);
      }
    },
  );

  const standing = suite.check(
    "images: exchange and companions run as hardened pods",
    [node, dns, loaded],
    async (values, note) => {
      const [on] = values;
      const client = on.client("administrator");
      await client.apply(namespace(IMAGES_NAMESPACE));
      const objects = await imageWorld(temporary(suite, "images"));
      // The namespace's service account comes a moment after it.
      await until(() => allApplied(on, objects), READY_SECONDS, "the namespace takes no pod");
      const [seconds] = await on.podReady(IMAGES_NAMESPACE, { app: "ambit-exchange" }, READY_SECONDS);
      note(`the exchange is ready ${seconds.toFixed(1)} s after it was applied`);
      for (const name of Object.keys(COMPANIONS)) await companionReady(on, name);
    },
  );

  suite.check("images: a run begins through a companion, a name and a Service", [node, standing], async ([on]) => {
    const begin = { task: "fetch", start: "agent" };
    const [status, run] = await askCompanion(on, IMAGES_NAMESPACE, "web-reader", "POST", "/v1/runs", begin);
    equal([status, run.task, run.start], [201, "fetch", "agent"]);
    match(String(run.run), /^\S+$/);
  });

  suite.check("images: what is not declared is refused, each with its reason", [node, standing], async ([on]) => {
    for (const [name, body, status, code] of UNDECLARED) {
      const [said, { reasons }] = await askCompanion(on, IMAGES_NAMESPACE, name, "POST", "/v1/runs", body);
      equal([said, (reasons as readonly { readonly code: string }[]).map((reason) => reason.code)], [status, [code]]);
    }
  });

  suite.check("images: Envoy and OPA answer as hardened pods", [node, standing], async ([on], note) => {
    for (const [image, container] of SERVING) {
      await on.client("administrator").apply(imagePod(image, image, container));
      const [seconds] = await on.podReady(IMAGES_NAMESPACE, { app: image }, READY_SECONDS);
      note(`${image} is ready ${seconds.toFixed(1)} s after it was applied`);
    }
  });

  suite.check("images: the others name a missing dependency, and exit", [node, standing], async ([on]) => {
    const client = on.client("administrator");
    for (const [image, args] of REFUSALS) await client.apply(imagePod(image, image, args && { args }));
    for (const [image, , says] of REFUSALS) {
      let story = "";
      await until(
        async () => says.test((story = await on.storyOf(IMAGES_NAMESPACE, image))) && /Exit Code:\s+1/.test(story),
        READY_SECONDS,
        () => `${image} should say ${says}:\n${story}`,
      );
    }
  });
  return loaded as Check;
}

async function allApplied(on: OneNode, objects: Awaited<ReturnType<typeof imageWorld>>): Promise<boolean> {
  try {
    for (const object of objects) await on.client("administrator").apply(object);
    return true;
  } catch {
    return false;
  }
}

async function companionReady(on: OneNode, name: string): Promise<void> {
  await on.podReady(IMAGES_NAMESPACE, { app: name }, READY_SECONDS);
  let said: readonly [number, unknown] = [0, {}];
  await until(
    async () => (said = await askCompanion(on, IMAGES_NAMESPACE, name, "GET", "/ready"))[0] === 200,
    READY_SECONDS,
    () => `the companion of ${name} is not ready: ${JSON.stringify(said)}`,
  );
}
