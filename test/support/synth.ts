import { App, type TerraformElement, TerraformStack } from "cdktf";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fixedClock, Fleet, Platform, type PlatformProps } from "../../constructs";
import { AmbitStack } from "../../constructs/platform/ambit-stack";
import { facts } from "../../fleet/platform";
import { parsePolicy, type Statement } from "../../iam";
import { synthesized, testApp } from "./app";

/** The day on which tests happen */
export const CLOCK = fixedClock("2026-12-01");

/** The example platform, with some facts changed */
export function platformWith(changes: Partial<PlatformProps> = {}): Platform {
  return new Platform({ ...facts, clock: CLOCK, ...changes });
}

/** The example's cluster, with another collector or with none */
export function clusterWith(collector?: PlatformProps["cluster"]["collector"]): PlatformProps["cluster"] {
  const { collector: _, ...unmeasured } = facts.cluster;
  return collector === undefined ? unmeasured : { ...unmeasured, collector };
}

class TestStack extends AmbitStack {
  constructor(app: App, platform: Platform, fleet: Fleet) {
    super(app, "test", { platform, fleet });
    this.useAws();
    this.useKubernetes();
  }
}

/** An empty stack with providers, in an app of its own. */
export function newStack(platform = platformWith(), fleet: Fleet = Fleet.of()): AmbitStack {
  return new TestStack(testApp(), platform, fleet);
}

/** What cdktf makes of it, unjudged: one stack may then hold many variants of what is there once */
class UnjudgedStack extends TestStack {
  public override toTerraform(): ReturnType<TerraformStack["toTerraform"]> {
    return Reflect.apply(TerraformStack.prototype.toTerraform, this, []);
  }
}

/** A stack for many variants of one construct, which guardrails would refuse for what they share. */
export function unjudgedStack(): AmbitStack {
  return new UnjudgedStack(testApp(), platformWith(), Fleet.of());
}

type Attributes = Readonly<Record<string, unknown>>;

interface SynthesizedStack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly terraform?: Attributes;
}

/** What a stack became, after the whole app was synthesized: validations, aspects and wiring included. */
export class Template {
  private constructor(public readonly json: SynthesizedStack) {}

  public static of(stack: AmbitStack): Template {
    return Template.in(App.of(stack) as App, stack.node.id);
  }

  public static in(app: App, stackId: string): Template {
    return synthesized(
      app,
      (outdir) => new Template(JSON.parse(readFileSync(join(outdir, "stacks", stackId, "cdk.tf.json"), "utf8"))),
    );
  }

  /** `<type>.<name>` of every resource, sorted */
  public get addresses(): readonly string[] {
    return Object.entries(this.json.resource ?? {})
      .flatMap(([type, resources]) => Object.keys(resources).map((name) => `${type}.${name}`))
      .sort();
  }

  /** Every resource of the kind, without cdktf's metadata */
  public all(kind: Kind): readonly Attributes[] {
    return Object.values(this.json.resource?.[kind.tfResourceType] ?? {}).map(
      ({ "//": _, ...attributes }) => attributes,
    );
  }

  /** The one resource of the kind; fails when there are more or none */
  public only(kind: Kind): Attributes {
    const found = this.all(kind);
    if (found.length !== 1) throw new Error(`expected one ${kind.tfResourceType}, found ${found.length}`);
    return found[0] as Attributes;
  }
}

type Kind = { readonly tfResourceType: string } & (new (...args: never[]) => TerraformElement);

/** The statements of a policy attribute, as AWS will read them */
export function statementsOf(policy: unknown): readonly Statement[] {
  return parsePolicy(policy as string, { from: "terraform" }).statements;
}
