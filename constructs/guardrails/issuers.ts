import { withoutScheme } from "../../domain/issuer-address";
import { ofClusterIn } from "./private/component-trusts";
import { oncePer } from "./private/once-per";
import { objectsIn } from "./kubernetes-object";
import { spireConfigsOf } from "./spire-config";
import type { StackJson } from "./stack";
import { UndecidedValue } from "./value";

/** Issuers of the platform's own tokens, as IAM writes them: without `https://` */
export interface KnownIssuers {
  /** Of JWT-SVIDs; undefined where it is not known */
  readonly workloads: string | undefined;
  /** Of the cluster's service accounts, by which components of Ambit become their roles; undefined where it is not known */
  readonly cluster: string | undefined;
  /** Whether the platform itself says so, or only what is judged */
  readonly by: "platform" | "stacks";
}

/** The platform's issuers. Where it is not known, as in a lint, they are what the stack itself tells. */
export function issuersOf(stack: StackJson): KnownIssuers {
  return stack.issuers?.() ?? ownIssuers(stack);
}

const ownIssuers = oncePer((stack: StackJson) => issuersIn([stack]));

/**
 * What stacks that belong together tell of their platform's issuers: what all of SPIRE's configurations name, and what the roles of all
 * components trust. Two are none: one of them may be an attacker's.
 */
export function issuersIn(stacks: readonly StackJson[]): KnownIssuers {
  return { workloads: only(stacks.flatMap(ofSpireIn)), cluster: only(stacks.flatMap(ofClusterIn)), by: "stacks" };
}

function only(issuers: readonly string[]): string | undefined {
  const [first, ...others] = new Set(issuers);
  return others.length === 0 && first !== UNREAD ? first : undefined;
}

/** One that cannot be read counts as another issuer. */
const UNREAD = "";

function ofSpireIn(stack: StackJson): readonly string[] {
  return objectsIn(stack, "ConfigMap", "Secret").flatMap(({ block }) => {
    try {
      const written = spireConfigsOf(block, stack).flatMap(({ configuration: { body, server } }) =>
        [body["jwt_issuer"], server?.["jwt_issuer"]].filter((each) => each !== undefined),
      );
      return written.map((each) => (typeof each === "string" ? withoutScheme(each) : UNREAD));
    } catch (error) {
      if (error instanceof UndecidedValue) return [UNREAD];
      throw error;
    }
  });
}
