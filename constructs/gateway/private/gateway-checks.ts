import { BlockList } from "node:net";
import { refuse, shown, type Tool } from "../../../domain";
import { PRIVATE_NETWORKS } from "../../../domain/networks";
import { checkedCidr } from "../../platform/network";
import type { Platform } from "../../platform/platform";
import { ENVOY_RELEASE } from "./gateway-files";

/** The version that the configuration was proven on, and the oldest that is taken */
export const ENVOY_VERSION = "1.40.0";
export const OLDEST_ENVOY = [1, 39] as const;
/** A ConfigMap holds 1 MiB with all that is in it (Kubernetes API, ConfigMap). */
const MOST_BYTES = 900_000;

/** Ranges are named where a tool is in them, and nowhere else. */
export function privateCidrsOf(cidrs: readonly string[], tools: readonly Tool[], where: string): readonly string[] {
  const own = tools.find(({ privateAddress }) => privateAddress !== undefined);
  if (own !== undefined && cidrs.length === 0) {
    const what = `privateCidrs must name the address ranges of tools with a privateAddress, got [] for ${own.where}`;
    refuse("gateway.malformed", where, `${what}: write the narrowest range that holds its addresses`);
  }
  if (own === undefined && cidrs.length > 0) {
    const what = "privateCidrs must be empty where no HTTP tool or MCP server has a privateAddress";
    refuse("gateway.malformed", where, `${what}, got ${shown(cidrs)}: leave it out`);
  }
  for (const cidr of cidrs) {
    checkedCidr(cidr, where, "privateCidrs");
    if (PRIVATE_NETWORKS.some((network) => isWithin(cidr, network))) continue;
    const what = "privateCidrs must hold ranges within private networks (RFC 1918, RFC 6598)";
    refuse("gateway.malformed", where, `${what}, got ${shown(cidr)}: public addresses are reached without it`);
  }
  return cidrs;
}

/** Without a route to the intent evaluator there is no verdict, and every call would be denied. */
export function intentCidrsOf(cidrs: readonly string[], { intent }: Platform, where: string): readonly string[] {
  if (intent !== undefined && cidrs.length === 0) {
    const what = `intentCidrs must name the address ranges of the platform's intent evaluator, got [] for ${intent.url}`;
    refuse("gateway.malformed", where, `${what}: without a way to it no call is allowed`);
  }
  if (intent === undefined && cidrs.length > 0) {
    const what = "intentCidrs must be empty where the platform has no intent evaluator";
    refuse("gateway.malformed", where, `${what}, got ${shown(cidrs)}: leave it out, or declare intent`);
  }
  for (const cidr of cidrs) checkedCidr(cidr, where, "intentCidrs");
  return cidrs;
}

function isWithin(cidr: string, network: string): boolean {
  if (network.includes(":")) return false;
  const [[begin, bits], [outer, outerBits]] = [cidr, network].map((text) => text.split("/")) as [string[], string[]];
  const list = new BlockList();
  list.addSubnet(outer as string, Number(outerBits));
  return Number(bits) >= Number(outerBits) && list.check(begin as string);
}

/** An image of Envoy, whose version stands before its digest */
export function envoyImage(platform: Platform, where: string): string {
  const image = platform.image("envoy", where);
  if (platform.missingImages.has("envoy")) return image;
  const match = ENVOY_RELEASE.exec(image);
  const [major = 0, minor = 0] = (match ?? []).slice(1).map(Number);
  if (match === null || !isTaken(major, minor)) {
    const what = `images.envoy must name a release from ${OLDEST_ENVOY.join(".")} on before the digest`;
    const fix = `write …/envoy:distroless-v${ENVOY_VERSION}@sha256:…`;
    refuse("gateway.malformed", where, `${what}, got ${shown(image)}: ${fix}`);
  }
  return image;
}

/** Of a release of Envoy: another major version is another program */
export function isTaken(major: number, minor: number): boolean {
  return major === OLDEST_ENVOY[0] && minor >= OLDEST_ENVOY[1];
}

export function authoritiesOf(pem: string | undefined, where: string): string | undefined {
  if (pem !== undefined && !/^-----BEGIN CERTIFICATE-----\n/.test(pem)) {
    const [first = ""] = pem.split("\n", 1);
    refuse("gateway.malformed", where, `authorities must be certificates in PEM, got ${shown(first)}`);
  }
  return pem;
}

/** The registry is in DynamoDB, so there must be a way there. */
export function reachesAws({ network }: Platform, where: string): void {
  if (network.kind !== "none") return;
  const what = "the gateway reads the registry from DynamoDB, and the platform names no way to reach AWS";
  refuse("gateway.malformed", where, `${what}: write aws.network`);
}

export function fitsConfigMap(text: string, where: string): string {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) {
    const what = `Envoy's configuration must be at most ${MOST_BYTES} bytes, got ${bytes}`;
    refuse("gateway.malformed", where, `${what}: declare fewer tools, each with more actions`);
  }
  return text;
}

/** @returns path of the socket at which OPA answers in the pod */
export function socketOf({ address }: { readonly address: string }, where: string): string {
  const [, path] = /^unix:\/\/(\/.+)$/.exec(address) ?? [];
  if (path !== undefined) return path;
  const what = `opa must be a sidecar, got one that answers at ${shown(address)}`;
  return refuse("gateway.malformed", where, `${what}: make it with OpaSidecar`);
}
