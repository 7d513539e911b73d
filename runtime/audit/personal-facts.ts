import { canonicalJson } from "../canonical-json";
import { isRecord } from "../../domain/is-record";
import type { Value } from "../json";
import { mac } from "../store/persons/mac";
import type { KeyOwner, PersonKey, PersonKeys } from "../store/persons/person-keys";
import type { AuditEvent } from "./audit";

type Facts = AuditEvent["facts"];

/** Facts that name a person, by the digest of store/user-digest.ts */
const PERSONS: readonly string[] = ["user", "by"];
/** Digests of arguments, which are guessed where few are likely, and texts that may quote an argument */
const OF_ARGUMENTS: readonly string[] = ["digest", "requestDigest", "details", "context", "reason"];
/** Units of budgets that count no argument */
const NO_ARGUMENT: readonly string[] = ["calls", "tokens"];

/** What an event says of a person is written under that person's key; what it says of arguments, under the key of the person for whose request they are. */
export interface PersonalFacts {
  /** Whose keys are needed */
  readonly owners: readonly KeyOwner[];
  /**
   * @param keys of the owners, in their order; undefined for an owner whose key cannot be read, of which nothing is
   * written
   */
  readonly written: (keys: readonly (PersonKey | undefined)[]) => Facts;
}

/** Undefined if all may be written as it is */
export function personalFacts(facts: Facts): PersonalFacts | undefined {
  const persons = PERSONS.filter((name) => typeof facts[name] === "string");
  const digests = OF_ARGUMENTS.filter((name) => facts[name] !== undefined && facts[name] !== null);
  const costs = amountsIn(facts["costs"]);
  const isOfArguments = digests.length > 0 || costs.length > 0;
  if (persons.length === 0 && !isOfArguments) return undefined;
  const owners = persons.map((name): KeyOwner => ({ user: facts[name] as string }));
  if (isOfArguments) owners.push(servedBy(facts));
  return {
    owners,
    written: (keys) => {
      const key = keys[persons.length];
      const told: Record<string, Value> = { ...facts };
      const unnamed: string[] = [];
      const tell = (name: string, value: string | undefined): void => {
        told[name] = value ?? null;
        if (value === undefined) unnamed.push(name);
      };
      for (const [index, name] of persons.entries()) tell(name, keys[index]?.pseudonym);
      for (const name of digests) tell(name, key && ofArgument(key, facts[name] as Value));
      if (costs.length > 0) {
        const amounts = costs.map(([name, amount]) => [name, key ? ofArgument(key, [name, amount]) : null] as const);
        told["costs"] = { ...(facts["costs"] as Facts), ...Object.fromEntries(amounts) };
      }
      return unnamed.length > 0 ? { ...told, unnamed } : told;
    },
  };
}

/**
 * The facts as they are written: at once where all keys are known.
 *
 * @throws StoreUnavailable, by the promise, if a key cannot be read, unless the act stops something: what takes rights away waits for no key
 */
export function writtenFacts(
  { facts }: Pick<AuditEvent, "facts">,
  keys: Pick<PersonKeys, "keyOf"> | undefined,
  stops: true | undefined,
): Facts | Promise<Facts> {
  const personal = personalFacts(facts);
  if (personal === undefined) return facts;
  if (keys === undefined)
    throw new TypeError("a record that names a person needs persons' keys: give the ledger persons");
  const found = personal.owners.map((owner) => keys.keyOf(owner));
  if (!found.some((key) => key instanceof Promise)) return personal.written(found as readonly PersonKey[]);
  const all = found.map(async (key) => {
    try {
      return await key;
    } catch (error) {
      if (stops === true) return undefined;
      throw error;
    }
  });
  return Promise.all(all).then(personal.written);
}

/** The user that the agent acts for, or the agent: the same in each record of one request. */
function servedBy({ user, spiffeId, agent }: Facts): KeyOwner {
  if (typeof user === "string") return { user };
  return { agent: typeof spiffeId === "string" ? spiffeId : String(agent) };
}

function ofArgument({ secret }: PersonKey, value: Value): string {
  return `hmac-sha256:${mac(secret, "argument", canonicalJson(value))}`;
}

/** Budgets whose amounts are taken from arguments */
function amountsIn(costs: Value | undefined): readonly (readonly [budget: string, amount: Value])[] {
  if (!isRecord(costs)) return [];
  return Object.entries(costs as Facts).filter(([budget]) => !NO_ARGUMENT.includes(budget.split(":")[1] ?? ""));
}
