import { Enums, Models, Serialize, SPDX, Spec } from "@cyclonedx/cyclonedx-library";
import type { Part } from "./parts";

export interface BillProps {
  readonly name: string;
  readonly version: string;
  /** Digest of the image's manifest, `sha256:…` */
  readonly digest: string;
  readonly parts: readonly Part[];
}

/**
 * What an image is made of, as CycloneDX 1.6 in JSON. It has no time and no number of its own: the same image has the
 * same bill.
 */
export function billOfMaterials({ name, version, digest, parts }: BillProps): string {
  const image = new Models.Component(Enums.ComponentType.Container, `ambit-${name}`, {
    bomRef: `image:${name}`,
    version,
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm["SHA-256"], digest.replace("sha256:", "")]]),
  });
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: image }) });
  const known = new Map(parts.map((part) => [part.purl, part]));
  for (const { name, version, purl, license } of known.values()) {
    const component = new Models.Component(Enums.ComponentType.Library, name, { bomRef: purl, version, purl });
    if (license !== undefined) component.licenses.add(licenseOf(license));
    bom.components.add(component);
    image.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return `${serializer.serialize(bom, { sortLists: true, space: 2 })}\n`;
}

/** Packages of npm also name licences that SPDX does not list, and combine them. */
function licenseOf(text: string): Models.License {
  if (SPDX.isSupportedSpdxId(text)) return new Models.SpdxLicense(text);
  return /\b(AND|OR|WITH)\b/.test(text) ? new Models.LicenseExpression(text) : new Models.NamedLicense(text);
}
