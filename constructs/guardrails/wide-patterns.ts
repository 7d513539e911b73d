import type { Statement } from "../../iam";
import { valuesOf } from "../../iam";

/** Services whose resources have their name first, where others have the kind. Source: Service Authorization Reference. */
const NAME_FIRST = new Set(["codecommit", "codepipeline", "execute-api", "s3", "sns", "sqs"]);

/** What stands before the name: the kind, that of a load balancer, or an id that AWS makes */
const KIND =
  /^\/?(?:(?:listener|listener-rule|loadbalancer)\/(?:app|net|gwy)\/|autoScalingGroup:\*:autoScalingGroupName\/|[A-Za-z0-9-]+[/:])/;

/** Letters of a name that a wildcard must follow: shorter ones stand for much of an account */
const LETTERS = 3;

/**
 * Whether a pattern of resources names none: `*`, `arn:aws:sqs:*:*:*`, `arn:aws:iam::*:role/*`, and names that begin with a wildcard or
 * with two letters before it. A part that is known at apply is a name.
 */
export function isWide(pattern: string): boolean {
  const masked = pattern.replace(/\$\{[^{}]*\}/g, "known");
  if (!/[*?]/.test(masked)) return false;
  const [arn, , service = "", , , ...rest] = masked.split(":");
  // The name of another resource, which is known at apply, may begin it.
  if (arn !== "arn") return !masked.startsWith("known");
  if (rest.length === 0 || /[*?]/.test(service)) return true;
  const resource = rest.join(":");
  const named = NAME_FIRST.has(service) ? resource : resource.replace(KIND, "");
  // With a wildcard in the kind, all kinds that begin so are meant.
  if (named === resource && !NAME_FIRST.has(service) && /[*?]/.test(resource)) return true;
  const [first = ""] = named.split(/[/:]/).filter((each) => each !== "");
  const wildcard = first.search(/[*?]/);
  return first === "" || (wildcard >= 0 && wildcard < LETTERS);
}

/** The resources of a statement that stand for all roles of an account, or for many; `NotResource` does too */
export function anyRolesOf({ Resource, NotResource }: Statement): readonly string[] {
  if (NotResource !== undefined) return ["NotResource"];
  return valuesOf(Resource).filter((pattern) => isWide(pattern) && !OTHER_SERVICE.test(pattern));
}

const OTHER_SERVICE = /^arn:[^:]*:(?!iam:)[a-z0-9-]+:/;
