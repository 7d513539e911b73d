import type { Block } from "../block";
import type { StackJson } from "../stack";
import { type BlockBody, isObject, listOf } from "../value";
import { oncePer } from "./once-per";
import { basisOf, needsValues } from "./surroundings";

/**
 * The account or the cluster in which a resource is, by its provider: the account's number where the provider says it, else a digest of all
 * that the provider says, which is equal for equal places of two stacks. One that is not written, as by credentials of the environment or a
 * variable without a value, is a place of its stack alone: folders of two environments read alike.
 */
export function placeOf({ type, body }: Block, stack: StackJson): string {
  const written = body["provider"];
  const [name = "", alias = ""] = (typeof written === "string" ? written : type.replace(/_.*/, "")).split(".");
  const known = placesIn(stack);
  const key = `${name} ${alias}`;
  const place = known.get(key) ?? placeOfProvider(name, alias, stack);
  known.set(key, place);
  return place;
}

/** Each workload asks, and stacks have few providers. */
const placesIn = oncePer<StackJson, Map<string, string>>(() => new Map());

function placeOfProvider(name: string, alias: string, stack: StackJson): string {
  const provider = stack.of(`provider.${name}`).find(({ body }) => (body["alias"] ?? "") === alias);
  if (provider === undefined) return `of ${stack.name}`;
  const { alias: _, default_tags: __, region: ___, ...said } = provider.body;
  const account = name === "aws" ? accountIn(said) : undefined;
  if (account !== undefined) return account;
  const block = { ...provider, body: said };
  const basis = basisOf(block, stack);
  if (!isPlaced(name, said) || needsValues(block, stack)) return `${basis} of ${stack.name}`;
  // Two accounts have clusters of one name, which data sources look up.
  const isLookedUp = name !== "aws" && JSON.stringify(said).includes("aws_");
  return isLookedUp ? `${basis} ${accountOfDefault(stack) ?? ""}` : basis;
}

/** By which a provider says where it is. Of the others, anything they say may do it. */
const PLACING: Readonly<Record<string, RegExp>> = {
  aws: /^(?:profile|assume_role|assume_role_with_web_identity|access_key|allowed_account_ids)$/,
  kubernetes: /^(?:host|config_context|config_context_cluster|cluster_ca_certificate)$/,
};

function isPlaced(name: string, said: BlockBody): boolean {
  return Object.entries(said).some(([key, value]) => (value ?? null) !== null && (PLACING[name]?.test(key) ?? true));
}

function accountOfDefault(stack: StackJson): string | undefined {
  const provider = stack.of("provider.aws").find(({ body }) => (body["alias"] ?? "") === "");
  return provider && accountIn(provider.body);
}

function accountIn(provider: BlockBody): string | undefined {
  const [allowed, ...others] = listOf(provider["allowed_account_ids"]);
  if (others.length === 0 && NUMBER.test(String(allowed))) return String(allowed);
  const [assumed] = listOf(provider["assume_role"]);
  return /^arn:[^:]*:iam::(\d{12}):/.exec(String(isObject(assumed) ? assumed["role_arn"] : ""))?.[1];
}

const NUMBER = /^\d{12}$/;

/** Whether two places may be one: numbers of accounts tell them apart, and so do two digests. */
export function isSamePlace(one: string, other: string): boolean {
  return one === other || NUMBER.test(one) !== NUMBER.test(other);
}
