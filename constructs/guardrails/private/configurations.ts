import type { Block } from "../block";
import { type ConfigText, configurationTextsOf } from "../config-texts";
import type { StackJson } from "../stack";
import { oncePer } from "./once-per";
import { isTold } from "./told";

/** How the configurations of one program are told from other texts, and read */
export interface Family<Configuration> {
  /** Found in each text that is one: only such texts are read, and those that cannot be are refused. */
  readonly tells: RegExp;
  /** @throws UndecidedValue for a text that cannot be read */
  read(text: string, at: string): readonly Configuration[];
  /** Where its texts stand: left out, in ConfigMaps and Secrets */
  texts?(block: Block): readonly ConfigText[];
}

export interface Found<Configuration> {
  readonly at: string;
  readonly configuration: Configuration;
}

const NOTHING: readonly Found<unknown>[] = [];
const NONE = (): readonly Found<unknown>[] => NOTHING;

/** Each rule about the program asks, so a text is read once. */
const readOf = oncePer<object, WeakMap<Block, () => readonly Found<unknown>[]>>(() => new WeakMap());

/** The configurations of a program in a resource */
export function configurationsIn<Configuration>(
  family: Family<Configuration>,
  block: Block,
  stack: StackJson,
): readonly Found<Configuration>[] {
  const blocks = readOf(family);
  const before = blocks.get(block);
  if (before !== undefined) return before() as readonly Found<Configuration>[];
  const texts = family.texts === undefined ? configurationTextsOf(block, stack) : family.texts(block);
  const told = texts.filter((each) => isTold(family.tells, each));
  const found = told.length > 0 ? readTold(family, told) : NONE;
  blocks.set(block, found);
  return found() as readonly Found<Configuration>[];
}

/** What was found, or why it cannot be read: each that asks is told. */
function readTold<Configuration>(
  family: Family<Configuration>,
  told: readonly ConfigText[],
): () => readonly Found<Configuration>[] {
  try {
    const found = told.flatMap(({ text, at }) => family.read(text, at).map((configuration) => ({ at, configuration })));
    return () => found;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
