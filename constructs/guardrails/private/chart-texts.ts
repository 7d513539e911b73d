import type { Json } from "../../../domain";
import type { Block } from "../block";
import { isWholeReference } from "../config-texts";
import type { StackJson } from "../stack";
import { type BlockBody, isObject, isReference, listOf, UndecidedValue } from "../value";
import { documentsIn } from "./documents";
import { encodedIn } from "./encoded";
import { writtenAt } from "./written-at";

/** A text of a chart's values, such as a file that a reader knows */
export interface ChartText {
  readonly at: string;
  readonly text: string;
}

/** What the texts of a chart's values say, in their order */
export interface ChartLayers {
  readonly layers: readonly BlockBody[];
  readonly texts: readonly ChartText[];
  /** Texts that cannot be read, or are known at apply only */
  readonly unread: readonly UndecidedValue[];
}

export function layersOf(block: Block, stack: StackJson): ChartLayers {
  const layers: BlockBody[] = [];
  const texts: ChartText[] = [];
  const unread: UndecidedValue[] = [];
  for (const [index, written] of listOf(block.body["values"]).entries()) {
    const at = `values[${index}]`;
    const known = typeof written === "string" ? knownText(written, () => stack.evaluate(block, at)) : undefined;
    if (known !== undefined) texts.push({ at, text: known });
    try {
      layers.push(...layersIn(written, known, at, stack, () => stack.evaluate(block, at)));
    } catch (error) {
      if (!(error instanceof UndecidedValue)) throw error;
      unread.push(error);
    }
  }
  return { layers, texts, unread };
}

type Evaluate = () => string | undefined;

/** What is encoded stands in its expression. */
function knownText(written: string, evaluate: Evaluate): string | undefined {
  if (!/^\s*\$\{/.test(written) || encodedIn(written) !== undefined) return written;
  const text = evaluate() ?? written;
  return isWholeReference(text) ? undefined : text;
}

function layersIn(
  written: Json,
  known: string | undefined,
  at: string,
  stack: StackJson,
  evaluate: Evaluate,
): readonly BlockBody[] {
  const unknown = new UndecidedValue(at, written, `${at} is known at apply only`);
  if (known === undefined) throw unknown;
  const encoded = encodedIn(known);
  const layer = withLocals(encoded, stack);
  if (isObject(layer)) return [layer];
  const text = encoded === undefined ? known : evaluate();
  if (text === undefined || isWholeReference(text)) throw unknown;
  const documents = documentsIn(text, at).map((each) => decoded(each) as BlockBody);
  if (documents.length === 0 && isReference(text)) throw unknown;
  return documents;
}

/** What is encoded, with the stack's local values in place of references to them */
function withLocals(encoded: Json | undefined, stack: StackJson): Json {
  let followed = 0;
  const within = (value: Json | undefined, seen: readonly string[]): Json => {
    const local = typeof value === "string" ? LOCAL.exec(value)?.[1] : undefined;
    if (local !== undefined) {
      const isEnd = seen.includes(local) || followed++ >= MOST;
      const [written, ...others] = isEnd ? [] : writtenAt(local, stack);
      return written === undefined || others.length > 0 ? (value ?? null) : within(written, [...seen, local]);
    }
    if (Array.isArray(value)) return (value as readonly Json[]).map((each) => within(each, seen));
    if (!isObject(value)) return value ?? null;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, within(each, seen)]));
  };
  return within(encoded, []);
}

/** Local values that name one another many times over are followed no further. */
const MOST = 1000;

const LOCAL = /^\$\{\s*(local\.[A-Za-z_][\w-]*)\s*\}$/;

/** What `${jsonencode({ … })}` puts in the place of a value is an object or a list for YAML. */
function decoded(value: Json | undefined): Json {
  if (typeof value === "string") return encodedIn(value) ?? value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(decoded);
  if (!isObject(value)) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, decoded(each)]));
}
