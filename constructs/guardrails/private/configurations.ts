import type { Block } from "../block";
import { configTextsOf } from "../config-texts";
import type { StackJson } from "../stack";

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

const NONE = (): readonly Found<unknown>[] => [];

const KNOWN = new WeakMap<object, WeakMap<Block, () => readonly Found<unknown>[]>>();

/** The configurations of a program in a ConfigMap or Secret. Each rule about the program asks, so a text is read once. */
export function configurationsIn<Configuration>(
  family: Family<Configuration>,
  block: Block,
  stack: StackJson,
): readonly Found<Configuration>[] {
  const blocks = KNOWN.get(family) ?? new WeakMap<Block, () => readonly Found<unknown>[]>();
  KNOWN.set(family, blocks);
  const before = blocks.get(block);
  if (before !== undefined) return before() as readonly Found<Configuration>[];
  try {
    const told = configTextsOf(block, stack).filter(({ text }) => family.tells.test(text));
    const found = told.flatMap(({ text, at }) => family.read(text, at).map((configuration) => ({ at, configuration })));
    blocks.set(block, found.length === 0 ? NONE : () => found);
    return found;
  } catch (error) {
    blocks.set(block, () => {
      throw error;
    });
    throw error;
  }
}
