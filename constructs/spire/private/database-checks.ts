import { X509Certificate } from "node:crypto";
import { plainString, refuse, shown } from "../../../domain";
import { checkedCidr } from "../../platform/network";

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** @throws DeclarationError `spire.malformed` */
export function subnetIds(subnets: readonly string[], where: string): readonly string[] {
  for (const subnet of subnets) {
    if (!/^subnet-[0-9a-f]+$/.test(plainString(subnet, where, "subnets"))) {
      refuse("spire.malformed", where, `subnets must hold plain ids such as "subnet-0abc12", got ${shown(subnet)}`);
    }
  }
  if (new Set(subnets).size < 2) {
    const sentence = `subnets must name at least two, for instances in two zones, got ${shown([...subnets])}`;
    refuse("spire.malformed", where, sentence);
  }
  return subnets;
}

/** @throws DeclarationError `spire.malformed`, `platform.malformed` */
export function ranged(cidrs: readonly string[], where: string, property: string): readonly string[] {
  if (cidrs.length === 0) refuse("spire.malformed", where, `${property} must name at least one range, got []`);
  return cidrs.map((cidr) => checkedCidr(cidr, where, property));
}

/** @throws DeclarationError `spire.malformed` */
export function scaled(capacity: { readonly min: number; readonly max: number }, where: string) {
  const { min, max } = capacity;
  const steps = [min, max].every((units) => Number.isInteger(units * 2));
  // Below half a unit it would pause, and servers would wait for it (Aurora user guide, aurora-serverless-v2-auto-pause).
  if (!steps || min < 0.5 || max > 256 || max < 1 || min > max) {
    const what = "capacity must be in halves of a unit, min from 0.5 up to max, and max from 1 to 256";
    refuse("spire.malformed", where, `${what}, got ${shown(capacity)}`);
  }
  return capacity;
}

/**
 * Checks that a text holds PEM certificates of CAs, and nothing else.
 *
 * @throws DeclarationError `spire.malformed`
 */
export function certificates(pem: string, where: string): string {
  const blocks = typeof pem === "string" ? (pem.match(BLOCK) ?? []) : [];
  const rest = String(pem).replace(BLOCK, "").trim();
  if (blocks.length === 0 || rest !== "" || !blocks.every(isAuthority)) {
    const what =
      "certificateAuthorities must be the RDS certificate authorities of the region, as PEM and nothing else";
    const fix = "write the text of its bundle from https://truststore.pki.rds.amazonaws.com";
    refuse("spire.malformed", where, `${what}, got ${shown(pem)}: ${fix}`);
  }
  return `${blocks.join("\n")}\n`;
}

function isAuthority(block: string): boolean {
  try {
    return new X509Certificate(block).ca;
  } catch {
    return false;
  }
}
