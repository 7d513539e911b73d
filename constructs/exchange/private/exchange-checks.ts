import { BlockList } from "node:net";
import { refuse, shown } from "../../../domain";
import { checkedCidr } from "../../platform/network";
import type { Platform } from "../../platform/platform";
import { TOKEN_KEYS, type TokenKey } from "./exchange-config";

/** Loopback and link-local, where a node answers with its own credentials (EC2 user guide, instance metadata) */
const OF_THE_NODE = ["127.0.0.0/8", "169.254.0.0/16"];

interface Issuing {
  readonly issuer: string;
}

/**
 * Claim `iss` of the tokens: an https origin, because DPoP proofs are bound to addresses below it, and RFC 8414 inserts
 * the well-known path before any other. It must not be the issuer of users or starters either: a delegated token that
 * the exchange issued would pass for a user's token, without its delegation chain.
 */
export function issuerOf(given: string | undefined, { trust, trustDomain }: Platform, where: string): string {
  const issuer = given ?? `https://exchange.${trustDomain.name}`;
  if (!URL.canParse(issuer) || new URL(issuer).protocol !== "https:" || new URL(issuer).origin !== issuer) {
    const what = "issuer must be an https origin without path and slash, such as https://exchange.example";
    refuse("exchange.malformed", where, `${what}, got ${shown(issuer)}`);
  }
  const named = Object.entries(trust).find(([, those]: [string, Issuing | readonly Issuing[]]) =>
    [those].flat().some((one) => one.issuer === issuer),
  );
  if (named !== undefined) {
    const what = `issuer must belong to the exchange alone, got ${shown(issuer)}, which is among ${named[0]} of the platform`;
    refuse("exchange.malformed", where, `${what}: an agent's token would start tasks as a user's`);
  }
  return issuer;
}

/** One of the two keys that are published */
export function signerOf(key: TokenKey, where: string): TokenKey {
  if (!TOKEN_KEYS.includes(key)) {
    refuse("exchange.malformed", where, `signsWith must be one of ${TOKEN_KEYS.join(", ")}, got ${shown(key)}`);
  }
  return key;
}

/** Ranges of IPv4 that a person has reviewed */
export function keyCidrsOf(cidrs: readonly string[], where: string): readonly string[] {
  if (!Array.isArray(cidrs) || cidrs.length === 0) {
    const what = "keyCidrs must name the address ranges at which the keys of issuers are published";
    refuse("exchange.malformed", where, `${what}, got ${shown(cidrs)}: without them no evidence can be verified`);
  }
  for (const cidr of cidrs) {
    checkedCidr(cidr, where, "keyCidrs");
    if (OF_THE_NODE.some((range) => overlap(range, cidr))) {
      const what = "keyCidrs must not hold loopback or link-local addresses";
      refuse("exchange.malformed", where, `${what}, got ${shown(cidr)}: no issuer publishes keys there`);
    }
  }
  return cidrs;
}

/** Of two ranges that overlap, one holds where the other begins. */
function overlap(one: string, other: string): boolean {
  return holdsBegin(one, other) || holdsBegin(other, one);
}

function holdsBegin(range: string, other: string): boolean {
  const [begin, bits] = range.split("/") as [string, string];
  const list = new BlockList();
  list.addSubnet(begin, Number(bits));
  return list.check(other.split("/")[0] as string);
}

/** It keeps its state in AWS, so there must be a way there, and names that lead to it. */
export function reachesAws({ network }: Platform, where: string): void {
  if (network.kind === "none") {
    const what =
      "the exchange keeps its state in DynamoDB and signs with KMS, and the platform names no way to reach AWS";
    refuse("exchange.malformed", where, `${what}: write aws.network`);
  }
  if (network.kind !== "vpc") return;
  if (network.privateDns === false) {
    const what = "aws.network.privateDns must not be false where the exchange runs, got false";
    refuse(
      "exchange.malformed",
      where,
      `${what}: it asks KMS and STS by their usual names, which must lead to the endpoints`,
    );
  }
}
