import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { ImageFile } from "../../../images/oci/file";
import { writeImage } from "../../../images/oci/layout";
import { programFiles } from "../../../images/oci/libraries";

/** Where images of the suites are said to come from. No registry has this name: they are imported. */
export const IMAGE_BASE = "images.ambit.internal";
export const IMAGE_TAG = "1";
const NOT_ROOT = "65532:65532";

/** An OCI layout that a node can import */
export interface BuiltImage {
  readonly name: string;
  readonly layout: string;
}

/** As a pod names it */
export function referenceOf(name: string): string {
  return `${IMAGE_BASE}/${name}:${IMAGE_TAG}`;
}

/** Of a container that is rendered */
interface Limited {
  readonly resources: { readonly limits: Readonly<Record<string, string>> };
}

/**
 * What each container that is rendered has here in place of its own: an image of this cluster, and requests that a small machine can meet.
 * It may use what is rendered, and no more.
 */
export function containerHere(image: string, { resources: { limits } }: Limited) {
  return withLimits(image, limits);
}

/** The same for Node in place of a program that takes less memory and CPU */
export function standInHere(image: string) {
  return withLimits(image, { memory: "256Mi" });
}

function withLimits(image: string, limits: Readonly<Record<string, string>>) {
  const resources = { requests: { cpu: "10m", memory: "32Mi" }, limits };
  return { image: referenceOf(image), imagePullPolicy: "Never", resources } as const;
}

export interface ImagePrograms {
  readonly init: string;
  readonly coredns: string;
}

/** What is on every node: the first process of pods, the cluster's DNS, and Node for pods of tests */
export async function nodeImages(folder: string, { init, coredns }: ImagePrograms): Promise<readonly BuiltImage[]> {
  mkdirSync(folder, { recursive: true });
  return [
    await programImage(folder, "node-init", programFiles(init, "/node-init")),
    await programImage(folder, "coredns", programFiles(coredns, "/coredns")),
    await programImage(folder, "node", programFiles(process.execPath, "/usr/bin/node")),
  ];
}

/** An image of one program, which is the first of the files */
export async function programImage(folder: string, name: string, files: readonly ImageFile[]): Promise<BuiltImage> {
  const layout = join(folder, name);
  const entrypoint = [(files[0] as ImageFile).path];
  await writeImage(layout, IMAGE_TAG, { layers: [files], entrypoint, user: NOT_ROOT });
  return { name, layout };
}
