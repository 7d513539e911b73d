import type { BlockBody } from "../../../constructs/guardrails/value";
import { stacksTogether } from "../../../constructs/guardrails/stacks-together";
import type { RegistryDocument } from "../../../domain";
import { Output } from "../../../governance/coverage/output";
import { readRegistry } from "../../../review/reach/declared/read-registries";
import { STACKS, type Synthesized, synthesize } from "../example-app";

/** JSON that is changed in place */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Editable = any;

/** What synth wrote of the example, to be changed before it is covered */
export interface Parts {
  readonly registry: Editable;
  /** The registry as it is read, whose changes no reader checks */
  readonly read: Editable;
  readonly policy: Editable;
  readonly stacks: Readonly<Record<string, Editable>>;
}

export type EditParts = (parts: Parts) => void;

/** A day on which nothing of the example has ended */
export const DAY = "2026-12-01";

let kept: Synthesized | undefined;

export function exampleOutput(edit: EditParts = () => {}, day = DAY): Output {
  const { registry, policy, stacks } = (kept ??= synthesize());
  const written = JSON.parse(registry) as RegistryDocument;
  const parts: Parts = {
    registry: written,
    read: readRegistry(written).registry,
    policy: JSON.parse(policy),
    stacks: Object.fromEntries(STACKS.map((name) => [name, JSON.parse(stacks[name])])),
  };
  edit(parts);
  return new Output({
    registry: parts.read,
    written,
    policy: parts.policy,
    day,
    stacks: stacksTogether(Object.entries(parts.stacks).map(([name, json]) => [name, [json as BlockBody]])),
  });
}

/** Addresses of all resources of the example */
export function allAddresses(): readonly string[] {
  return exampleOutput().stacks.flatMap(({ name, blocks }) =>
    blocks.filter(({ mode }) => mode === "resource").map(({ address }) => `${name}/${address}`),
  );
}

/** Takes resources out of their stacks */
export function without(addresses: readonly string[]): EditParts {
  return ({ stacks }) => {
    for (const address of addresses) {
      const [, stack, type, name] = /^([^/]+)\/([^.]+)\.(.+)$/.exec(address) as unknown as [
        string,
        string,
        string,
        string,
      ];
      delete stacks[stack].resource[type][name];
    }
  };
}

/** The only resource of a type in a stack whose name begins so */
export function resource({ stacks }: Parts, stack: string, type: string, start: string): Editable {
  const found = Object.entries(stacks[stack].resource[type] as object).filter(([name]) => name.startsWith(start));
  if (found.length !== 1) throw new Error(`${found.length} resources ${stack}/${type}.${start}…, expected one`);
  return found[0]?.[1];
}
