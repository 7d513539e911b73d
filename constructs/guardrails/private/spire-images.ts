import type { Json } from "../../../domain";
import { nameOf, objectOf } from "../kubernetes-object";
import { podsOf } from "../pods";
import type { StackJson } from "../stack";
import { oncePer } from "./once-per";

/** Where each image is published */
const PUBLISHED = {
  "spire-agent": { registry: "ghcr.io/", folder: "spiffe/" },
  "spire-server": { registry: "ghcr.io/", folder: "spiffe/" },
  "spiffe-csi-driver": { registry: "ghcr.io/", folder: "spiffe/" },
  "csi-node-driver-registrar": { registry: "registry.k8s.io/", folder: "sig-storage/" },
} as const;

export type SpireImage = keyof typeof PUBLISHED;

/**
 * Whether a text is this image, by its digest: the published one, or the platform's. Where the platform is not known, as in a lint, it may be
 * a copy beside that of SPIRE's server, which the same stack runs.
 */
export function isImageOfSpire(text: Json | undefined, image: SpireImage, stack: StackJson): boolean {
  const found = repositoryOf(text, image);
  if (found === undefined) return false;
  const { registry, folder } = PUBLISHED[image];
  if (found === registry + folder) return true;
  if (stack.images !== undefined) return stack.images[image] === text;
  const copies = registryOfServer(stack);
  return copies !== undefined && (found === copies || found === copies + folder);
}

/** What stands before the image's name; undefined for another image, and for one without a digest */
function repositoryOf(text: Json | undefined, image: SpireImage): string | undefined {
  if (typeof text !== "string") return undefined;
  const [, before, name] = /^((?:[\w.:-]+\/)*)([\w.-]+)(?::[\w.-]+)?@sha256:[0-9a-f]{64}$/.exec(text) ?? [];
  return name === image ? before : undefined;
}

/** Four rules ask for each container. */
const registryOfServer: (stack: StackJson) => string | undefined = oncePer(readRegistry);

function readRegistry(stack: StackJson): string | undefined {
  for (const block of stack.of("kubernetes_stateful_set_v1")) {
    const object = objectOf(block, "StatefulSet");
    const { name, namespace } = object === undefined ? {} : nameOf(object.body, stack);
    if (name !== "spire-server" || namespace !== "spire-server") continue;
    const server = podsOf(block)
      .flatMap(({ containers }) => containers)
      .find((each) => each.name === "spire-server");
    const found = repositoryOf(server?.spec["image"], "spire-server");
    const { registry, folder } = PUBLISHED["spire-server"];
    // The public registry has folders of others too.
    if (found?.startsWith(registry) === false) return found.replace(new RegExp(`${folder}$`), "");
  }
  return undefined;
}
