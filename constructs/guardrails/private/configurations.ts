import type { Block } from "../block";
import { type ConfigText, configTextsOf } from "../config-texts";
import type { StackJson } from "../stack";
import { oncePer } from "./once-per";

/** How the configurations of one program are told from other texts, and read */
export interface Family<Configuration> {
  /** Found in each text that is one: only such texts are read, and those that cannot be are refused. */
  readonly tells: RegExp;
  /** @throws UndecidedValue for a text that cannot be read */
  read(text: string, at: string): readonly Configuration[];
}

export interface Found<Configuration> {
  readonly at: string;
  readonly configuration: Configuration;
}

const NOTHING: readonly Found<unknown>[] = [];
const NONE = (): readonly Found<unknown>[] => NOTHING;

/** Each rule about the program asks, so a text is read once. */
const readOf = oncePer<object, WeakMap<Block, () => readonly Found<unknown>[]>>(() => new WeakMap());

/** The configurations of a program in a ConfigMap or Secret */
export function configurationsIn<Configuration>(
  family: Family<Configuration>,
  block: Block,
  stack: StackJson,
): readonly Found<Configuration>[] {
  const blocks = readOf(family);
  const before = blocks.get(block);
  if (before !== undefined) return before() as readonly Found<Configuration>[];
  const texts = configTextsOf(block, stack);
  const found = texts.some(({ text }) => family.tells.test(text)) ? readTold(family, texts) : NONE;
  blocks.set(block, found);
  return found() as readonly Found<Configuration>[];
}

/** What was found, or why it cannot be read: each that asks is told. */
function readTold<Configuration>(
  family: Family<Configuration>,
  texts: readonly ConfigText[],
): () => readonly Found<Configuration>[] {
  try {
    const told = texts.filter(({ text }) => family.tells.test(text));
    const found = told.flatMap(({ text, at }) => family.read(text, at).map((configuration) => ({ at, configuration })));
    return () => found;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
