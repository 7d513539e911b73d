import { refuse, shown } from "../../../domain";
import type { Platform } from "../../platform/platform";

const CIDR = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;

/** An https origin: proofs of possession are made for addresses below it, and RFC 8414 would move a path. */
export function originOf(value: string, where: string): string {
  const origin = URL.canParse(value) && new URL(value).protocol === "https:" && new URL(value).origin === value;
  if (!origin) {
    const what = "issuer must be an https origin without path and slash, such as https://exchange.example";
    refuse("exchange.malformed", where, `${what}, got ${shown(value)}`);
  }
  return value;
}

/** What it issues to hand work on would pass for a user's token, without the chain behind it. */
export function issuerOfNobodyElse(issuer: string, { trust }: Platform, where: string): string {
  const named = Object.entries(trust).find(([, those]: [string, readonly { readonly issuer: string }[]]) =>
    those.some((one) => one.issuer === issuer),
  );
  if (named !== undefined) {
    const what = `issuer must be of nobody else, got ${shown(issuer)}, which is among ${named[0]} of the platform`;
    refuse("exchange.malformed", where, `${what}: an agent's token would start tasks as a user's`);
  }
  return issuer;
}

/** Ranges of IPv4 that somebody has looked at */
export function keyCidrsOf(cidrs: readonly string[], where: string): readonly string[] {
  if (!Array.isArray(cidrs) || cidrs.length === 0) {
    const what = "keyCidrs must name the address ranges at which the keys of issuers are published";
    refuse("exchange.malformed", where, `${what}, got ${shown(cidrs)}: without them nobody's evidence can be verified`);
  }
  const odd = cidrs.find((cidr) => typeof cidr !== "string" || !CIDR.test(cidr));
  if (odd !== undefined) {
    refuse("exchange.malformed", where, `keyCidrs must be ranges such as "203.0.113.0/24", got ${shown(odd)}`);
  }
  return cidrs;
}

export interface Replicas {
  readonly min: number;
  readonly max: number;
}

export function replicasOf({ min, max }: Replicas, where: string): Replicas {
  if (!Number.isInteger(min) || !Number.isInteger(max) || min < 2 || max < min || max > 100) {
    const what = "replicas must be whole numbers with 2 ≤ min ≤ max ≤ 100";
    refuse(
      "exchange.malformed",
      where,
      `${what}, got ${shown({ min, max })}: with one pod, a node's end stops all agents`,
    );
  }
  return { min, max };
}

/** It keeps its state in AWS, so there must be a way there. */
export function reachesAws({ network }: Platform, where: string): void {
  if (network.kind === "none") {
    const what =
      "the exchange keeps its state in DynamoDB and signs with KMS, and the platform names no way to reach AWS";
    refuse("exchange.malformed", where, `${what}: write aws.network`);
  }
}
