import { allow } from "../../../iam";
import { Glob } from "../../../iam/sets/glob";
import { valuesOf } from "../../../iam";
import type { AccessPath } from "../../../iam/access/access";
import type { AwsPrincipal } from "../../reach/aws/principals";
import { type Allowed, allowedOf } from "../aws-question";
import type { AuditPower } from "./audit";
import type { Ability, Held } from "./held";
import { ESCALATIONS } from "./escalation";

/** What somebody can do in AWS that opens the rest, or that nobody would see */
export function awsCombinations(principal: AwsPrincipal, audit: readonly AuditPower[]): readonly Held[] {
  return [...escalations(principal), ...blindness(principal, audit)];
}

function escalations(principal: AwsPrincipal): readonly Held[] {
  return ESCALATIONS.flatMap(({ what, steps }) => {
    for (const path of principal.paths) {
      const found = stepsOn(principal, path, steps);
      if (found !== undefined) return [{ code: "privilege-escalation", what, parts: found.map(abilityOf) }];
    }
    return [];
  });
}

/** All of them on one way: credentials of two sessions are two people's. */
function stepsOn(
  principal: AwsPrincipal,
  path: AccessPath,
  steps: readonly (readonly string[])[],
): readonly Allowed[] | undefined {
  const found: Allowed[] = [];
  for (const actions of steps) {
    const named = mentioned(path, actions);
    const allowed = named.length === 0 ? undefined : allowedOf(principal, [path], [allow(named, "*")]);
    if (allowed === undefined) return undefined;
    found.push(allowed);
  }
  return found;
}

function blindness(principal: AwsPrincipal, audit: readonly AuditPower[]): readonly Held[] {
  return audit.flatMap(({ what, question }) => {
    const paths = principal.paths.filter((path) =>
      question.some(({ Action }) => mentioned(path, valuesOf(Action ?? [])).length > 0),
    );
    const allowed = allowedOf(principal, paths, question);
    return allowed === undefined ? [] : [{ code: "blind-audit", what, parts: [abilityOf(allowed)] }];
  });
}

/** Secrets of AWS that it may read */
export function readsSecrets(principal: AwsPrincipal): Ability | undefined {
  const actions = ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue", "ssm:GetParameter"];
  const paths = principal.paths.filter((path) => mentioned(path, actions).length > 0);
  const allowed = allowedOf(principal, paths, [allow(actions, "*")]);
  return allowed && abilityOf(allowed);
}

/** Those that an Allow of what is granted matches: most roles match none, and need not be asked. */
function mentioned({ layers: [granted] }: AccessPath, actions: readonly string[]): readonly string[] {
  const statements = (granted?.statements ?? []).filter(({ statement }) => statement.Effect === "Allow");
  if (statements.some(({ statement }) => statement.Action === undefined)) return actions;
  const patterns = new Set(
    statements.flatMap(({ statement }) => valuesOf(statement.Action ?? []).map((pattern) => pattern.toLowerCase())),
  );
  const globs = [...patterns].filter((pattern) => /[*?$]/.test(pattern)).map((pattern) => Glob.of(pattern, "action"));
  return actions.filter((action) => {
    const name = action.toLowerCase();
    return patterns.has(name) || globs.some((glob) => glob.isOpaque || glob.matches(name));
  });
}

function abilityOf({ witness, source, path, isDecided }: Allowed): Ability {
  return { what: `${isDecided ? "" : "may be: "}${witness} (${path})`, source: { address: source } };
}
