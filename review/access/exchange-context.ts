import { SESSION_TAG } from "../../domain/session-tags";
import type { AccessRequest } from "../../iam/access/access";
import type { AwsPath } from "../reach/aws/way";
import { assumesNothing } from "../reach/aws/way-id";
import type { Missing } from "./missing";

type Keys = AccessRequest["keys"];

/** Where requests of an agent come from and go to: the platform says it, and policies name it. */
const OF_PLATFORM = /^aws:(?:SourceVpc|SourceVpce|RequestedRegion|ResourceAccount|ResourceOrgID)$/i;

/**
 * Condition keys of a request of an agent that the exchange gave a session, of those without which it is denied: its source
 * identity and session tags, and the endpoints and the account of the platform. What a request says itself is not assumed.
 *
 * Source: IAM user guide, reference_policies_condition-keys.
 */
export function exchangeContext(agent: string, { way: { id } }: AwsPath, missing: Missing | undefined): Keys {
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
