import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { type BundleName, MAIN } from "./bundles";
import type { ImageFile } from "./oci/file";
import type { ImageProps } from "./oci/layout";
import { programFiles } from "./oci/libraries";

/** As the pods that are rendered run */
const NOT_ROOT = "65532:65532";
const NODE = "/nodejs/bin/node";

/** Programs that images are made of, by the name under which their paths are given */
export type ProgramName =
  "ambit-credentials" | "envoy" | "node" | "oidc-discovery-provider" | "opa" | "spire-agent" | "spire-server";

/** At its path in the image */
type Placed = readonly [ProgramName, path: string];

export interface ImageContents {
  /** The first is what the image starts. */
  readonly programs: readonly [Placed, ...Placed[]];
  /**
   * What Node runs, at `/app`.
   *
   * @default - none
   */
  readonly bundle?: BundleName;
  /** Behind the program @default - none */
  readonly args?: readonly string[];
  /** @default - 65532, which is not root */
  readonly user?: `${number}:${number}`;
  /** TCP @default - none */
  readonly port?: number;
}

/** Each image that is built, by its name. What the Dockerfile has a target for holds the same. */
export const IMAGES = {
  exchange: { ...bundled("exchange"), port: 8443 },
  authorizer: { ...bundled("authorizer"), port: 8444 },
  companion: bundled("companion", ["ambit-credentials", "/usr/local/bin/ambit-credentials"]),
  envoy: { programs: [["envoy", "/usr/local/bin/envoy"]] },
  opa: { programs: [["opa", "/opa"]] },
  "spire-server": { programs: [["spire-server", "/opt/spire/bin/spire-server"]], args: ["run"] },
  // It asks the kernel whose process a socket's other end is, and reads what is root's.
  "spire-agent": { programs: [["spire-agent", "/opt/spire/bin/spire-agent"]], args: ["run"], user: "0:0" },
  "spire-oidc-discovery-provider": {
    programs: [["oidc-discovery-provider", "/opt/spire/bin/oidc-discovery-provider"]],
  },
} as const satisfies Readonly<Record<string, ImageContents>>;

export type ImageName = keyof typeof IMAGES;

function bundled<Name extends BundleName>(bundle: Name, ...more: readonly Placed[]) {
  return { programs: [["node", NODE], ...more] as const, bundle, args: [`/app/${MAIN}`] };
}

/**
 * What an image is written from. Programs and the libraries that they load are a layer, a bundle is one above: images of
 * Node have the first in common.
 *
 * @param programs paths on this machine
 * @param bundles folder of the bundles, as `npm run bundles` writes them
 * @throws Error for a program or a bundle that is not there
 */
export function imageProps(
  contents: ImageContents,
  programs: Readonly<Partial<Record<ProgramName, string>>>,
  bundles: string,
): ImageProps {
  const { args = [], bundle, port, user = NOT_ROOT } = contents;
  const [first, ...others] = contents.programs;
  const filesOf = ([name, path]: Placed): readonly ImageFile[] => programFiles(pathOf(programs, name), path);
  const base = [...SYSTEM, ...filesOf(first)];
  const above = [...others.flatMap(filesOf), ...(bundle === undefined ? [] : bundleFiles(join(bundles, bundle)))];
  return {
    layers: above.length === 0 ? [base] : [base, above],
    entrypoint: [first[1], ...args],
    user,
    ...(bundle === undefined ? {} : { env: { NODE_ENV: "production" } }),
    ...(port === undefined ? {} : { ports: [port] }),
  };
}

function pathOf(programs: Readonly<Partial<Record<ProgramName, string>>>, name: ProgramName): string {
  const path = programs[name];
  if (path === undefined || !existsSync(path)) {
    throw new Error(
      `an image needs the program ${name}, got ${path === undefined ? "none" : `"${path}"`}: name its path`,
    );
  }
  return path;
}

function bundleFiles(folder: string): readonly ImageFile[] {
  if (!existsSync(folder)) throw new Error(`there is no bundle in "${folder}": run npm run bundles`);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: `/app${file.slice(folder.length)}`, copyOf: file }));
}

/**
 * What programs look for on any system: users, where names come from, a place for what is temporary, and the public
 * authorities, which are those of Node: this machine's may have some of its owner.
 */
export const SYSTEM: readonly ImageFile[] = [
  { path: "/etc/passwd", content: "root:x:0:0::/:/\nnonroot:x:65532:65532::/:/\n" },
  { path: "/etc/group", content: "root:x:0:\nnonroot:x:65532:\n" },
  { path: "/etc/nsswitch.conf", content: "hosts: files dns\n" },
  { path: "/etc/ssl/certs/ca-certificates.crt", content: `${rootCertificates.join("\n")}\n` },
  { path: "/tmp", mode: 0o1777, folder: true },
];
