import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ImageFile } from "./file";
import { type Blob, writeLayer } from "./layer";

const TYPES = {
  config: "application/vnd.oci.image.config.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar",
  manifest: "application/vnd.oci.image.manifest.v1+json",
} as const;
const CREATED = "1970-01-01T00:00:00Z";
/** What OCI, as Go, calls the processors that Node knows by another name */
const ARCHITECTURES: Readonly<Partial<Record<NodeJS.Architecture, string>>> = { x64: "amd64", arm64: "arm64" };

export interface ImageProps {
  /** In the order in which they lie over each other; files that many images have in a layer of their own */
  readonly layers: readonly (readonly ImageFile[])[];
  readonly entrypoint: readonly string[];
  /** Numbers, so that Kubernetes sees that it is not root */
  readonly user: `${number}:${number}`;
  /** @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** TCP @default - none */
  readonly ports?: readonly number[];
  /** @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Write an image as an OCI layout (image-spec 1.1), without a registry, a daemon or a base image.
 *
 * @param folder is emptied first
 * @param tag such as `1`, by which the layout names the image
 * @returns digest of the manifest, which names the image, and bytes of its layers
 * @throws Error if OCI has no name for this machine's processor
 */
export async function writeImage(folder: string, tag: string, props: ImageProps): Promise<Blob> {
  const { entrypoint, user, env = {}, ports = [], labels } = props;
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) throw new Error(`images are built on x64 or arm64, got "${process.arch}"`);
  rmSync(folder, { recursive: true, force: true });
  const blobs = join(folder, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  const layers: Blob[] = [];
  for (const files of props.layers) layers.push(await writeLayer(files, blobs));
  const config = writeBlob(blobs, {
    architecture,
    os: "linux",
    created: CREATED,
    config: {
      User: user,
      Env: Object.entries({ PATH: "/usr/local/bin:/usr/bin:/bin", ...env }).map(([name, value]) => `${name}=${value}`),
      Entrypoint: entrypoint,
      WorkingDir: "/",
      ...(ports.length === 0 ? {} : { ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])) }),
      ...(labels === undefined ? {} : { Labels: labels }),
    },
    // A layer is not compressed, so its digest is that of its content too.
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    history: layers.map(() => ({ created: CREATED })),
  });
  const manifest = writeBlob(blobs, {
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: { mediaType: TYPES.config, ...config },
    layers: layers.map((layer) => ({ mediaType: TYPES.layer, ...layer })),
  });
  const annotations = { "org.opencontainers.image.ref.name": tag };
  const platform = { architecture, os: "linux" };
  const manifests = [{ mediaType: TYPES.manifest, ...manifest, platform, annotations }];
  writeFileSync(join(folder, "index.json"), JSON.stringify({ schemaVersion: 2, mediaType: TYPES.index, manifests }));
  writeFileSync(join(folder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  return { digest: manifest.digest, size: layers.reduce((sum, { size }) => sum + size, 0) };
}

function writeBlob(blobs: string, json: unknown): Blob {
  const bytes = Buffer.from(JSON.stringify(json));
  const digest = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(blobs, digest), bytes);
  return { digest: `sha256:${digest}`, size: bytes.length };
}
