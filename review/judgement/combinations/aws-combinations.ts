import { allow } from "../../../iam";
import { valuesOf } from "../../../iam";
import { Glob } from "../../../iam/sets/glob";
import type { Shapes } from "../../difference/aws/alike/shapes";
import type { AwsPrincipal } from "../../reach/aws/aws-principal";
import type { AwsPath } from "../../reach/aws/way";
import { type AllowedRequest, allowedRequest } from "../aws-question";
import type { AuditPower } from "./audit-powers";
import { ESCALATIONS } from "./escalation";
import type { Ability, StateCombination } from "../../review";

/** Dangerous combinations in AWS. Most principals have none: those with policies of one shape are evaluated once. */
export class AwsCombinations {
  private readonly harmless = new Set<string>();
  private readonly withoutSecrets = new Set<string>();

  public constructor(
    private readonly audit: readonly AuditPower[],
    private readonly shapes: Shapes,
  ) {}

  /** Rights of a principal in AWS that lead to all other rights, or that hide its traces */
  public of(principal: AwsPrincipal): readonly StateCombination[] {
    const shape = this.shapeOf(principal);
    if (shape !== undefined && this.harmless.has(shape)) return [];
    const held = [...escalations(principal), ...blindness(principal, this.audit)];
    if (shape !== undefined && held.length === 0) this.harmless.add(shape);
    return held;
  }

  /** Secrets of AWS that it may read */
  public secretsOf(principal: AwsPrincipal): Ability | undefined {
    const shape = this.shapeOf(principal);
    if (shape !== undefined && this.withoutSecrets.has(shape)) return undefined;
    const found = readsSecrets(principal);
    if (shape !== undefined && found === undefined) this.withoutSecrets.add(shape);
    return found;
  }

  private shapeOf({ name, paths, denies }: AwsPrincipal): string | undefined {
    const shapes = [
      this.shapes.of(denies, name),
      ...paths.map((path) => this.shapes.ofPath(path, name)),
      ...this.audit.flatMap(({ question }) => question.map((one) => this.shapes.ofStatement(one, name))),
    ];
    return shapes.includes(undefined) ? undefined : shapes.join();
  }
}

function escalations(principal: AwsPrincipal): readonly StateCombination[] {
  return ESCALATIONS.flatMap(({ what, steps }) => {
    for (const path of principal.paths) {
      const found = stepsOn(principal, path, steps);
      if (found !== undefined) return [{ code: "privilege-escalation", what, parts: found.map(abilityOf) }];
    }
    return [];
  });
}

/** All steps on one way: the credentials of two sessions belong to two people. */
function stepsOn(
  principal: AwsPrincipal,
  path: AwsPath,
  steps: readonly (readonly string[])[],
): readonly AllowedRequest[] | undefined {
  const found: AllowedRequest[] = [];
  for (const actions of steps) {
    const named = mentioned(path, actions);
    const allowed = named.length === 0 ? undefined : allowedRequest(principal, [path], [allow(named, "*")]);
    if (allowed === undefined) return undefined;
    found.push(allowed);
  }
  return found;
}

function blindness(principal: AwsPrincipal, audit: readonly AuditPower[]): readonly StateCombination[] {
  return audit.flatMap(({ what, question }) => {
    const paths = principal.paths.filter((path) =>
      question.some(({ Action }) => mentioned(path, valuesOf(Action ?? [])).length > 0),
    );
    const allowed = allowedRequest(principal, paths, question);
    return allowed === undefined ? [] : [{ code: "blind-audit", what, parts: [abilityOf(allowed)] }];
  });
}

function readsSecrets(principal: AwsPrincipal): Ability | undefined {
  const actions = ["secretsmanager:BatchGetSecretValue", "secretsmanager:GetSecretValue", "ssm:GetParameter"];
  const paths = principal.paths.filter((path) => mentioned(path, actions).length > 0);
  const allowed = allowedRequest(principal, paths, [allow(actions, "*")]);
  return allowed && abilityOf(allowed);
}

/** Actions that an Allow of the granted layer matches: most roles match none, and need no evaluation. */
function mentioned({ layers: [granted] }: AwsPath, actions: readonly string[]): readonly string[] {
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

function abilityOf({ witness, source, path, isDecided }: AllowedRequest): Ability {
  return { what: `${isDecided ? "" : "may be: "}${witness} (${path})`, source: { address: source } };
}
