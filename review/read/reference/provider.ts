import type { DeclaredResource } from "../configuration/stack";
import { type Json, type JsonObject, member } from "../json";
import type { ProviderFacts, Lookup } from "./lookup";
import { digest, PartialText, Unknown, type Value } from "../expression/value";
import type { Budget } from "../expression/budget";

const PARTITIONS: readonly (readonly [RegExp, string])[] = [
  [/^cn-/, "aws-cn"],
  [/^us-gov-/, "aws-us-gov"],
  [/^us-iso-/, "aws-iso"],
  [/^us-isob-/, "aws-iso-b"],
  [/^eu-isoe-/, "aws-iso-e"],
  [/^us-isof-/, "aws-iso-f"],
  [/^eusc-/, "aws-eusc"],
  [/^[a-z]{2}-/, "aws"],
];

/** Settings that decide the account; equal settings mean the same account. */
const WHO = [
  "access_key",
  "allowed_account_ids",
  "assume_role",
  "assume_role_with_web_identity",
  "endpoints",
  "profile",
  "secret_key",
  "shared_config_files",
  "shared_credentials_files",
  "token",
];

/** Name of the provider of a resource */
function providerOf({ body, type }: DeclaredResource): string {
  const named = member(body, "provider");
  if (typeof named !== "string") return type.slice(0, type.indexOf("_"));
  return named.replace(/^\$\{(.*)\}$/, "$1");
}

/**
 * @param region of the resource itself, if set
 * @param account known from another source
 */
function awsFacts(
  settings: JsonObject,
  known: { readonly region: Value | undefined; readonly account: string | undefined },
): ProviderFacts {
  const region = known.region ?? new Unknown("aws.region");
  const partition = typeof region === "string" ? PARTITIONS.find(([pattern]) => pattern.test(region))?.[1] : undefined;
  return {
    region: region instanceof PartialText || typeof region === "string" ? region : new Unknown("aws.region"),
    partition: partition ?? new Unknown("aws.partition"),
    account: onlyAccount(settings) ?? known.account ?? new Unknown(unknownAccount(settings)),
  };
}

/** The provider refuses every other account. */
function onlyAccount(settings: JsonObject): string | undefined {
  const allowed = member(settings, "allowed_account_ids");
  const [only, ...more] = Array.isArray(allowed) ? (allowed as readonly Json[]) : [];
  return typeof only === "string" && /^\d{12}$/.test(only) && more.length === 0 ? only : undefined;
}

function unknownAccount(settings: JsonObject): string {
  const who = WHO.map((key) => member(settings, key) ?? null);
  return who.every((each) => each === null) ? "aws.account_id" : `aws.account_id #${digest(JSON.stringify(who))}`;
}

/** The provider of each resource, with its settings resolved */
export class ProviderIndex {
  private readonly accounts = new Map<string, string | undefined>();

  constructor(private readonly lookup: Lookup) {}

  public of(declared: DeclaredResource, budget: Budget): ProviderFacts {
    const { stack } = declared;
    const name = providerOf(declared);
    const settings = stack.providers.get(name) ?? {};
    const own = declared.type.startsWith("aws_iam_") ? null : (member(declared.body, "region") ?? null);
    const region = own ?? member(settings, "region") ?? null;
    return awsFacts(settings, {
      region: region === null ? undefined : this.lookup.resolve(region, stack, budget, declared),
      account: this.plannedAccount(declared, name),
    });
  }

  /** From a plan that read the caller identity */
  private plannedAccount({ stack }: DeclaredResource, provider: string): string | undefined {
    const key = `${stack.name} ${provider}`;
    if (this.accounts.has(key)) return this.accounts.get(key);
    const found = [...stack.declared.values()].flatMap((each) => {
      if (each.mode !== "data" || each.type !== "aws_caller_identity" || providerOf(each) !== provider) return [];
      const account = this.lookup.surroundings.planned(each, "account_id");
      return typeof account === "string" ? [account] : [];
    });
    this.accounts.set(key, found[0]);
    return found[0];
  }
}
