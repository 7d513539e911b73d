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

/** May a principal make this request? */
export interface Question {
  /** One action, such as `s3:GetObject` */
  readonly action: string;
  /** One resource; `*` for actions that have none */
  readonly resource: string;
  /** Condition keys of the request; a key that is left out is absent. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

/** The answer for one way into AWS */
export interface Answer {
  readonly path: string;
  /** It takes policies that cannot be read to allow everything */
  readonly isAssumed: boolean;
  /** The request as decided, with the condition keys that follow from the principal, and the assumed ones */
  readonly request: AccessRequest;
  /** Condition keys that were not given, with the values that the exchange ensures; empty if they change nothing */
  readonly assumed: AccessRequest["keys"];
  readonly verdict: "allowed" | "denied" | "unknown";
  /** The Allows of each layer, or the Deny that decided; if unknown, those that may have decided */
  readonly by: readonly StatementPlace[];
  /** What it depends on */
  readonly unknown: readonly string[];
  /** If it is not allowed: what would allow it */
  readonly missing?: Requirement;
}

/** Denies that each test another key of a session */
const MOST_ROUNDS = 4;

/**
 * One answer for each way of a principal into AWS, allowed ones first
 *
 * @param isBare true if nothing is assumed about the sessions that the exchange gives an agent
 */
export function answersOf(principal: AwsPrincipal, question: Question, isBare = false): readonly Answer[] {
  const { name, isAgent, paths, denies } = principal;
  return paths
    .map((path) => {
      let answer = answerOf(path, denies, question, {});
      // A Deny hides the keys that the next one tests.
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

/** Every Allow that counts, and every Deny that may */
function decisive(
  path: LayeredPath,
  by: readonly SourcedStatement[],
  request: AccessRequest,
): readonly StatementPlace[] {
  const denies = by.filter(({ statement }) => statement.Effect === "Deny");
  return [...denies.map((deny) => placeOf(deny, layerOf(path, deny))), ...new Allows(path).of(request)];
}

/** Undefined if the statement is outside the path */
function layerOf({ layers }: LayeredPath, sourced: SourcedStatement): LayerKind | undefined {
  return layers.find(({ statements }) => statements.includes(sourced))?.name;
}

/** The role, with the condition keys that follow from the principal */
function askerOf({ layers }: LayeredPath): AccessRequest | undefined {
  const only = layers.filter(({ name }) => name === "asker");
  return difference({ paths: [] }, { paths: [{ name: "asker", layers: only }] }).gained[0]?.witness;
}

type Keys = AccessRequest["keys"];

/** Sources and targets of an agent's requests: the platform decides them, and policies test them. */
const OF_PLATFORM = /^aws:(?:SourceVpc|SourceVpce|RequestedRegion|ResourceAccount|ResourceOrgID)$/i;

/**
 * Condition keys of an agent's request in a session of the exchange, if the request is denied without them: source identity,
 * session tags, endpoints and account of the platform. Values that the request itself chooses are not assumed.
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
