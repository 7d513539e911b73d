import type { DeclaredResource } from "../configuration/stack";
import type { Budget } from "../expression/budget";
import { member } from "../json";
import { awsFacts, type ProviderFacts, providerOf } from "./provider";
import type { Lookup } from "./lookup";

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

  /** Of a plan that asked who it is */
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
