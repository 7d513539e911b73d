import { byText } from "../../domain/by-text";
import type { AccessRequest, SourcedStatement } from "../../iam/access/access";
import { PreparedAccess } from "../../iam/access/decide";
import { difference } from "../../iam/access/difference";
import type { AwsPrincipal } from "../reach/aws/aws-principal";
import type { LayeredPath, LayerKind } from "../reach/aws/layer";
import { type AwsPath, isAssumed, assumesNothing } from "../reach/aws/way";
import { pathText } from "../reach/aws/words";
import type { StatementPlace } from "./principal-access";
import { Allows, placeOf } from "./allows";
import { mergedKeys, type Requirement, requirementFor } from "./requirement";
import { SESSION_TAG } from "../../domain/session-tags";

/** May somebody do this? */
export interface Question {
  /** One action, such as `s3:GetObject` */
  readonly action: string;
  /** One resource; `*` for actions that have none */
  readonly resource: string;
  /** Condition keys of the request; a key that is left out is absent. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

/** By one way into AWS */
export interface Answer {
  readonly path: string;
  /** It counts what cannot be read as allowing everything. */
  readonly isAssumed: boolean;
  /** As it was decided, with what follows from who asks, and with what is assumed */
  readonly request: AccessRequest;
  /** Condition keys that were not given, and are taken to be as the exchange sees to it; none where it changes nothing */
  readonly assumed: AccessRequest["keys"];
  readonly verdict: "allowed" | "denied" | "unknown";
  /** The Allows of each layer, or the Deny that decided; of what is unknown, those that may have */
  readonly by: readonly StatementPlace[];
  /** What it depends on */
  readonly unknown: readonly string[];
  /** Of what is not allowed: what it would take */
  readonly missing?: Requirement;
}

/** Denies that each ask for something else of a session */
const MOST_ROUNDS = 4;

/**
 * By each way of a principal into AWS, what is allowed first
 *
 * @param isBare that an agent's session is not taken to be as the exchange gives it
 */
export function answersOf(principal: AwsPrincipal, question: Question, isBare = false): readonly Answer[] {
  const { name, isAgent, paths, denies } = principal;
  return paths
    .map((path) => {
      let answer = answerOf(path, denies, question, {});
      // A Deny hides what the next one asks for.
      for (let left = isBare || !isAgent ? 0 : MOST_ROUNDS; left > 0 && answer.verdict === "denied"; left--) {
        const more = exchangeContext(name, path, answer.missing);
        if (Object.keys(more).length === 0) break;
        answer = answerOf(path, denies, question, mergedKeys(answer.assumed, more));
      }
      return answer;
    })
    .sort((one, other) => rank(one) - rank(other) || byText(one.path, other.path));
}

function rank({ verdict }: Answer): number {
  return ["allowed", "unknown", "denied"].indexOf(verdict);
}

function answerOf(
  path: AwsPath,
  denies: readonly SourcedStatement[],
  { keys, ...asked }: Question,
  assumed: AccessRequest["keys"],
): Answer {
  const who = askerOf(path);
  const request: AccessRequest = {
    ...asked,
    ...(who?.principal !== undefined && { principal: who.principal }),
    keys: mergedKeys(mergedKeys(who?.keys ?? {}, assumed), keys),
  };
  const { verdict, by, unknown } = new PreparedAccess({ paths: [path], denies }).decide(request);
  return {
    path: pathText(path),
    isAssumed: isAssumed(path),
    request,
    assumed,
    verdict,
    by: verdict === "denied" ? by.map((deny) => placeOf(deny, layerOf(path, deny))) : decisive(path, by, request),
    unknown,
    ...(verdict !== "allowed" && { missing: requirementFor(path, denies, request) }),
  };
}

/** Every Allow that counts, and each Deny that may */
function decisive(
  path: LayeredPath,
  by: readonly SourcedStatement[],
  request: AccessRequest,
): readonly StatementPlace[] {
  const denies = by.filter(({ statement }) => statement.Effect === "Deny");
  return [...denies.map((deny) => placeOf(deny, layerOf(path, deny))), ...new Allows(path).of(request)];
}

/** Undefined where the statement stands outside of the path */
function layerOf({ layers }: LayeredPath, sourced: SourcedStatement): LayerKind | undefined {
  return layers.find(({ statements }) => statements.includes(sourced))?.name;
}

/** The role, with the condition keys that follow from who asks */
function askerOf({ layers }: LayeredPath): AccessRequest | undefined {
  const only = layers.filter(({ name }) => name === "asker");
  return difference({ paths: [] }, { paths: [{ name: "asker", layers: only }] }).gained[0]?.witness;
}

type Keys = AccessRequest["keys"];

/** Where requests of an agent come from and go to: the platform says it, and policies name it. */
const OF_PLATFORM = /^aws:(?:SourceVpc|SourceVpce|RequestedRegion|ResourceAccount|ResourceOrgID)$/i;

/**
 * Condition keys of a request of an agent that the exchange gave a session, of those without which it is denied: its source
 * identity and session tags, and the endpoints and the account of the platform. What a request says itself is not assumed.
 *
 * Source: IAM user guide, reference_policies_condition-keys.
 */
function exchangeContext(agent: string, { way: { id } }: AwsPath, missing: Requirement | undefined): Keys {
  if (missing?.kind !== "keys" || !assumesNothing(id)) return {};
  const task = id.start.by === "task" ? id.start.task : undefined;
  const given: ReadonlyMap<string, string | undefined> = new Map([
    ["aws:sourceidentity", agent],
    ["aws:viaawsservice", "false"],
    [`aws:principaltag/${SESSION_TAG.agent}`, agent],
    [`aws:principaltag/${SESSION_TAG.task}`, task],
  ]);
  return Object.fromEntries(
    Object.entries(missing.set).flatMap(([key, values]): [string, readonly string[]][] => {
      const known = given.get(key.toLowerCase());
      if (known !== undefined) return [[key, [known]]];
      return OF_PLATFORM.test(key) ? [[key, values]] : [];
    }),
  );
}
