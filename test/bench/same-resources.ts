import { readFileSync } from "node:fs";
import { join } from "node:path";

interface Synthesized {
  readonly provider: unknown;
  readonly terraform: unknown;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
}

/** The first thing that one app emits and the other does not; undefined when both emit the same resources. */
export function firstDifference(outdir: string, otherOutdir: string): string | undefined {
  const [these, those] = [bodies(outdir), bodies(otherOutdir)];
  return onlyIn(these, those) ?? onlyIn(those, these);
}

function onlyIn(bodies: readonly string[], others: readonly string[]): string | undefined {
  const left = [...others];
  return bodies.find((body) => {
    const index = left.indexOf(body);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** Everything in the agents stack as text, without what follows from where it stands in the tree. */
function bodies(outdir: string): readonly string[] {
  const stack = JSON.parse(readFileSync(join(outdir, "stacks/agents/cdk.tf.json"), "utf8")) as Synthesized;
  const resources = Object.entries(stack.resource).flatMap(([type, byId]) =>
    Object.values(byId).map(({ "//": _, ...attributes }) => `${type} ${JSON.stringify(attributes)}`),
  );
  const settings = [{ provider: stack.provider }, { terraform: stack.terraform }].map((part) => JSON.stringify(part));
  return [...settings, ...resources].map((text) => withoutIds(text, stack));
}

/** `${aws_iam_role.<id>.name}` becomes the name itself: ids differ where the trees do. */
function withoutIds(text: string, { resource }: Synthesized): string {
  return text.replace(/\$\{(\w+)\.([\w-]+)\.(\w+)\}/g, (reference, type: string, id: string, attribute: string) =>
    String(resource[type]?.[id]?.[attribute] ?? reference),
  );
}
