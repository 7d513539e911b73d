import { refuse, shown } from "../../domain";
import type { Platform } from "../platform/platform";

/** Versions that the rendered configuration was proven on, by the name of the image in `Platform.images`. */
export const OPA_VERSIONS = { opa: "1.22.2", "spiffe-helper": "0.11.0" } as const;

export type OpaImage = keyof typeof OPA_VERSIONS;

/** Oldest that is taken, each with its reason */
const OLDEST: Readonly<
  Record<OpaImage, { readonly version: readonly [number, number, number]; readonly why: string }>
> = {
  opa: { version: [1, 21, 3], why: "earlier ones accepted unsigned bundles (GHSA-g2pf-6v5v-qcc8)" },
  "spiffe-helper": { version: [0, 10, 0], why: "earlier ones cannot say whether the SVID is fresh" },
};

/** A release, not one before it: 1.21.3-rc1 may lack what 1.21.3 has. */
export const RELEASE = /:v?(\d+)\.(\d+)\.(\d+)(?:-(?!rc|alpha|beta|dev)[a-z0-9.-]+)?@/;

/**
 * An image of the policy engine, whose version stands before its digest (`…/opa:1.22.2@sha256:…`).
 *
 * @throws DeclarationError `policy.version`
 */
export function opaImage(name: OpaImage, platform: Platform, where: string): string {
  const image = platform.image(name, where);
  if (platform.missingImages.has(name)) return image;
  const match = RELEASE.exec(image);
  if (match === null) {
    const sentence = `images.${name} must name a released version before the digest, got ${shown(image)}`;
    return refuse("policy.version", where, `${sentence}: write …/${name}:${OPA_VERSIONS[name]}@sha256:…`);
  }
  const version = match.slice(1).map(Number);
  const { version: oldest, why } = OLDEST[name];
  if (isBefore(version, oldest)) {
    const sentence = `images.${name} must be ${oldest.join(".")} or newer, got ${version.join(".")}`;
    refuse("policy.version", where, `${sentence}: ${why}`);
  }
  const [major] = OPA_VERSIONS[name].split(".").map(Number);
  if (version[0] !== major) {
    const sentence = `images.${name} is ${version.join(".")}, and this version of Ambit was proven on ${OPA_VERSIONS[name]}`;
    refuse("policy.version", where, `${sentence}: stay within one major`);
  }
  return image;
}

function isBefore(version: readonly number[], other: readonly number[]): boolean {
  const at = version.findIndex((part, index) => part !== other[index]);
  return at >= 0 && (version[at] as number) < (other[at] as number);
}
