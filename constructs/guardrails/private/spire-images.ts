import type { Json } from "../../../domain";
import { enabledIn } from "../attached";
import type { Block } from "../block";
import { nameOf, objectOf } from "../kubernetes-object";
import { podsOf } from "../pods";
import { isBySame } from "../providers";
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
 * a copy beside that of SPIRE's server, which the same stack runs in the same cluster.
 *
 * @param user what runs the image
 */
export function isImageOfSpire(text: Json | undefined, image: SpireImage, user: Block, stack: StackJson): boolean {
  const found = repositoryOf(text, image);
  if (found === undefined) return false;
  const { registry, folder } = PUBLISHED[image];
  if (found === registry + folder) return true;
  if (stack.images !== undefined) return stack.images[image] === text;
  const copies = registryOfServer(user, stack);
  return copies !== undefined && (found === copies || found === copies + folder);
}

/** What stands before the image's name; undefined for another image, and for one without a digest */
function repositoryOf(text: Json | undefined, image: SpireImage): string | undefined {
  if (typeof text !== "string") return undefined;
  const [, before, name] = /^((?:[\w.:-]+\/)*)([\w.-]+)(?::[\w.-]+)?@sha256:[0-9a-f]{64}$/.exec(text) ?? [];
  return name === image ? before : undefined;
}

/** A server that may never be made, or another one beside it, proves nothing: then there is none. */
function registryOfServer(user: Block, stack: StackJson): string | undefined {
  const [first, ...others] = serversIn(stack).filter(({ block }) => isBySame(block, user));
  return others.every(({ registry }) => registry === first?.registry) ? first?.registry : undefined;
}

interface Server {
  /** Of the cluster of its provider */
  readonly block: Block;
  /** Undefined for the public one, which has folders of others too */
  readonly registry: string | undefined;
}

/** Four rules ask for each container. */
const serversIn: (stack: StackJson) => readonly Server[] = oncePer((stack) =>
  stack
    .of("kubernetes_stateful_set_v1")
    .filter((block) => {
      const object = objectOf(block, "StatefulSet");
      const { name, namespace } = object === undefined ? {} : nameOf(object.body, stack);
      return name === "spire-server" && namespace === "spire-server";
    })
    .map((block) => ({ block, registry: registryOf(block) })),
);

function registryOf(block: Block): string | undefined {
  const { count = null, for_each: each = null, lifecycle } = block.body;
  if (count !== null || each !== null || enabledIn(lifecycle) !== "true") return undefined;
  const server = podsOf(block)
    .flatMap(({ containers }) => containers)
    .find((each) => each.name === "spire-server");
  const found = repositoryOf(server?.spec["image"], "spire-server");
  const { registry, folder } = PUBLISHED["spire-server"];
  return found?.startsWith(registry) === false ? found.replace(new RegExp(`${folder}$`), "") : undefined;
}
