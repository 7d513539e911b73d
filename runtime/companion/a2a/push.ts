import type { PushedTo } from "../../../domain/pushes";
import type { JsonObject } from "../../jose/json";
import { Problem } from "../problem";
import { malformed } from "../requests";
import { member, objectIn, otherKey } from "./members";
import { type Name, named } from "./names";

/** What a request says of push notifications (A2A 1.0, section 4.3) */
export interface Push {
  /** The configuration that it sets; undefined if it asks for some, or deletes one */
  readonly set: PushConfig | undefined;
  /** Whether the answer tells of configurations */
  readonly isTold: boolean;
}

export interface PushConfig {
  /** Undefined for none */
  readonly url: unknown;
  readonly hasSecret: boolean;
  /** Members of the body down to the address */
  readonly at: readonly string[];
}

const CONFIG = "taskPushNotificationConfig";
/** As version 0.3 names it: servers that read both versions could take it */
const CONFIG_BEFORE = "pushNotificationConfig";
const CONFIG_MEMBERS = ["authentication", "id", "taskId", "tenant", "token", "url"];
/** Of a message */
const CONFIGURATION_MEMBERS = ["acceptedOutputModes", "historyLength", "returnImmediately", CONFIG];
const ASKING_MEMBERS = ["id", "pageSize", "pageToken", "taskId", "tenant"];

interface PushSaid {
  readonly sets: boolean;
  readonly said: JsonObject;
  readonly at: readonly string[];
  readonly asked: JsonObject;
}

/**
 * An operation on configurations (A2A 1.0, sections 3.1.7 to 3.1.10): of these, `id` is the configuration's. A member that is not of 1.0
 * could be an address, or another task, to another parser.
 *
 * @throws Problem `companion.malformed`
 */
export function pushOf({ sets, said, at, asked }: PushSaid): { readonly names: readonly Name[]; readonly push: Push } {
  const what = "a request for push notifications";
  onlyMembers(said, sets ? CONFIG_MEMBERS : ASKING_MEMBERS, what);
  onlyMembers(asked, sets ? [] : ASKING_MEMBERS, what);
  const names = [said, asked].flatMap((each) => {
    named("task", member(each, "id"), "id");
    return named("task", member(each, "taskId"), "taskId");
  });
  return { names, push: { set: sets ? configOf(said, at) : undefined, isTold: true } };
}

/**
 * The configuration that comes with a message; undefined if there is none. Members outside 1.0 are refused, because
 * some server might read them.
 *
 * @throws Problem `companion.malformed`
 */
export function configuredPush(said: JsonObject, at: readonly string[]): Push | undefined {
  const configuration = objectIn(said, "configuration") ?? {};
  if (member(configuration, CONFIG_BEFORE) !== undefined) {
    throw malformed(`configuration.${CONFIG_BEFORE} is of version 0.3: write ${CONFIG}`);
  }
  onlyMembers(configuration, CONFIGURATION_MEMBERS, "configuration");
  const config = objectIn(configuration, CONFIG);
  if (config === undefined) return undefined;
  onlyMembers(config, CONFIG_MEMBERS, CONFIG);
  named("task", member(config, "id"), "id");
  return { set: configOf(config, [...at, "configuration", CONFIG]), isTold: false };
}

/**
 * Push notifications go only to the declared address, byte for byte, with its tool's credential.
 *
 * @param pushes undefined if push is not offered
 * @throws Problem `companion.push`, `companion.push-address`, `companion.push-secret`
 */
export function checkPush({ set }: Push, pushes: PushedTo | undefined): void {
  if (pushes === undefined) throw Problem.of("companion.push");
  if (set === undefined) return;
  if (set.url !== pushes.url) {
    // Another one may hold a secret, and refusals are logged.
    throw Problem.of("companion.push-address", `url must be ${JSON.stringify(pushes.url)}, byte for byte`);
  }
  if (set.hasSecret) throw Problem.of("companion.push-secret");
}

function configOf(config: JsonObject, at: readonly string[]): PushConfig {
  const token = member(config, "token");
  const hasSecret = (token !== undefined && token !== "") || member(config, "authentication") !== undefined;
  return { url: member(config, "url"), hasSecret, at: [...at, "url"] };
}

/** @throws Problem `companion.malformed` */
export function onlyMembers(object: JsonObject, known: readonly string[], what: string): void {
  const odd = otherKey(object, known);
  if (odd === undefined) return;
  const has = known.length === 0 ? "no query" : known.join(", ");
  throw malformed(`${what} has ${has} in A2A 1.0, got ${JSON.stringify(odd)}: leave it out`);
}
