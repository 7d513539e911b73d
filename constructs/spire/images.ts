import { refuse, shown } from "../../domain";
import type { Platform } from "../platform/platform";

/** Versions that the rendered configuration was proven on, by the name of the image in `Platform.images`. */
export const SPIRE_VERSIONS = {
  "spire-server": "1.15.3",
  "spire-agent": "1.15.3",
  "spire-oidc-discovery-provider": "1.15.3",
  "spire-controller-manager": "0.7.0",
  "spiffe-csi-driver": "0.2.12",
  "csi-node-driver-registrar": "2.15.0",
} as const;

export type SpireImage = keyof typeof SPIRE_VERSIONS;

/** Images whose release says what they understand of each other */
const OF_SPIRE: readonly SpireImage[] = ["spire-server", "spire-agent", "spire-oidc-discovery-provider"];

/** How an image of SPIRE names its version, before the digest */
export const RELEASE = /:v?((\d+)\.(\d+)\.\d+)[^@/]*@/;

interface Version {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
}

/**
 * An image of SPIRE, checked against the others.
 *
 * SPIRE's own binaries name their version before the digest (`…/spire-agent:1.15.3@sha256:…`), because servers and
 * agents must be at most one minor apart, and no agent newer than its server (SPIRE, doc/upgrading.md).
 *
 * @throws DeclarationError `spire.version-skew`
 */
export function spireImage(name: SpireImage, platform: Platform, where: string): string {
  const image = platform.image(name, where);
  if (!OF_SPIRE.includes(name)) return image;
  const server = platform.image("spire-server", where);
  const { missingImages } = platform;
  if (!missingImages.has(name) && !missingImages.has("spire-server")) checkSkew(name, image, server, where);
  return image;
}

function checkSkew(name: SpireImage, image: string, serverImage: string, where: string): void {
  const own = versionOf(image, name, where);
  const known = versionOf(`:${SPIRE_VERSIONS[name]}@`, name, where);
  const server = versionOf(serverImage, "spire-server", where);
  const skew = (sentence: string): never => refuse("spire.version-skew", where, sentence);
  if (server.major !== known.major || Math.abs(server.minor - known.minor) > 1) {
    const sentence = `images.spire-server is ${server.text}, and this version of Ambit was proven on ${known.text}`;
    skew(`${sentence}: stay within one minor, and upgrade one at a time`);
  }
  const behind = (server.major - own.major) * 1000 + server.minor - own.minor;
  if (behind < 0)
    skew(`images.${name} is ${own.text}, newer than the server's ${server.text}: upgrade the server first`);
  if (behind > 1) {
    skew(`images.${name} is ${own.text}, more than one minor behind the server's ${server.text}: upgrade it first`);
  }
}

function versionOf(image: string, name: SpireImage, where: string): Version {
  const match = RELEASE.exec(image);
  if (match === null) {
    const sentence = `images.${name} must name its version before the digest, got ${shown(image)}`;
    return refuse("spire.version-skew", where, `${sentence}: write …/${name}:${SPIRE_VERSIONS[name]}@sha256:…`);
  }
  return { text: match[1] as string, major: Number(match[2]), minor: Number(match[3]) };
}
