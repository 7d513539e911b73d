import { didYouMean } from "./nearest";
import { captureDeep, frameText, type UserFrame, userFrames } from "./user-frames";

/** Every way a declaration can be refused. A code never changes its meaning; tests and users switch on it, not on text. */
export type ErrorCode =
  | "property.unknown"
  | "value.foreign"
  | "name.reserved"
  | "token"
  | "arn.malformed"
  | "name.malformed"
  | "name.duplicate"
  | "name.confusable"
  | "owner.missing"
  | "purpose.missing"
  | "expiry.malformed"
  | "expiry.too-far"
  | "limit.malformed"
  | "limit.exceeded"
  | "sensitivity.unknown"
  | "trust-domain.malformed"
  | "trust-domain.example"
  | "trust-domain.shared"
  | "spiffe-id.malformed"
  | "url.malformed"
  | "destination.private"
  | "digest.malformed"
  | "pin.missing"
  | "capability.unknown"
  | "action.unknown"
  | "action.duplicate"
  | "action.wildcard"
  | "action.malformed"
  | "model.malformed"
  | "bind.unknown"
  | "dataset.malformed"
  | "dataset.two-tools"
  | "dataset.overlap"
  | "tool.overlap"
  | "task.missing"
  | "start.missing"
  | "start.unknown"
  | "start.agent-too-risky"
  | "start.agent-unbudgeted"
  | "start.agent-locked-out"
  | "start.needs-user"
  | "start.no-issuer"
  | "grant.duplicate"
  | "grant.missing-data"
  | "flow.above-clearance"
  | "flow.read-with-lower-write"
  | "flow.tainted-write"
  | "approval.malformed"
  | "approval.unknown-group"
  | "approval.no-people"
  | "approval.above-clearance"
  | "budget.malformed"
  | "order.malformed"
  | "enforcement.malformed"
  | "enforcement.refused"
  | "aws-data.with-control"
  | "aws-data.no-endpoints"
  | "delegation.self"
  | "delegation.cycle"
  | "delegation.too-deep"
  | "delegation.not-accepted"
  | "delegation.unknown-task"
  | "delegation.wider"
  | "delegation.locked-out"
  | "delegation.outside-fleet"
  | "delegation.not-served"
  | "serving.malformed"
  | "serving.overlap"
  | "serving.unknown-task"
  | "serving.never-started"
  | "serving.push"
  | "serving.above-listener"
  | "kill-switch.malformed"
  | "monitoring.malformed"
  | "data-trail.malformed"
  | "witness.malformed"
  | "starter.malformed"
  | "starter.unknown-task"
  | "starter.not-accepted"
  | "starter.not-served"
  | "starter.above-way"
  | "starter.outside-fleet"
  | "fleet.malformed"
  | "service-account.shared"
  | "federated.refused"
  | "isolation.unavailable"
  | "memory.malformed"
  | "too-large"
  | "quota.exceeded"
  | "platform.malformed"
  | "image.unpinned"
  | "policy.malformed"
  | "exchange.malformed"
  | "gateway.malformed"
  | "policy.too-large"
  | "policy.version"
  | "policy.quota"
  | "spire.malformed"
  | "spire.unsafe"
  | "spire.lifetime"
  | "spire.issuer-mismatch"
  | "spire.version-skew"
  | "spire.too-large"
  | "federation.self"
  | "risk.control-missing"
  | "guardrail.violated"
  | "acknowledgement.malformed";

/**
 * A declaration that Ambit refuses.
 *
 * The message reads `<subject>: <property, value and fix>`, lower case, without a full stop. Its stack begins at the
 * user's line, without frames of Ambit and of packages.
 */
export class DeclarationError extends Error {
  public override readonly name = "DeclarationError";
  #declaration: UserFrame | undefined;

  constructor(
    /** Stable identifier of the rule that refused */
    public readonly code: ErrorCode,
    /** What was refused, as the message begins */
    public readonly where: string,
    sentence: string,
  ) {
    super(`${where}: ${sentence}`);
    const calls: { readonly stack?: string } = {};
    captureDeep(calls, DeclarationError);
    Object.defineProperty(this, "stack", { configurable: true, get: () => this.stackFrom(calls.stack ?? "") });
  }

  /** Let the stack begin where the refused thing was declared: a fleet or a stack refuses later, in a line of its own. */
  public declaredAt(declaration: UserFrame): void {
    this.#declaration = declaration;
  }

  private stackFrom(calls: string): string {
    const frames = [...(this.#declaration === undefined ? [] : [this.#declaration]), ...userFrames(calls)];
    return [`${this.name}: ${this.message}`, ...frames.map(frameText)].join("\n");
  }
}

/** Refuse unknown properties: the compiler does not see one that comes from a spread or a variable. */
export function onlyKnown(spec: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(spec).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    refuse(
      "property.unknown",
      where,
      `has no property ${shown(unknown)}${didYouMean(unknown, known)}: it takes ${known.join(", ")}`,
    );
  }
}

/** Refuse a declaration. */
export function refuse(code: ErrorCode, where: string, sentence: string): never {
  throw new DeclarationError(code, where, sentence);
}

/** A value as it should stand in an error text. */
export function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "number") return String(value);
  if (typeof value === "function") return `the function ${value.name}`;
  const kind = typeof value === "object" ? value?.constructor?.name : undefined;
  if (kind !== undefined && kind !== "Object" && kind !== "Array") return `an instance of ${kind}`;
  // JSON writes every control character but this one as an escape.
  return JSON.stringify(value).replaceAll("\u007f", "\\u007f");
}
