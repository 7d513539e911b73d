import { codesOf } from "../../../support/exchange/sessions";
import { ToldWorld } from "../../../support/exchange/told-world";
import cases from "../../../cases/exchange/told-refusals.json";

interface Case {
  readonly name: string;
  readonly sender: string;
  readonly refusals: readonly (Readonly<Record<string, unknown>> & { readonly after?: number })[];
  /** So often the same; once where it is left out */
  readonly times?: number;
  readonly dropped?: number;
  /** Code for which all of it is refused */
  readonly refused?: string;
  readonly untold?: readonly number[];
  /** `only`: these facts and no other */
  readonly records?: readonly { readonly kind: string; readonly facts?: object; readonly only?: object }[];
}

const batchOf = (world: ToldWorld, { refusals, times = 1, dropped = 0 }: Case) => ({
  refusals: Array.from({ length: times }, () => refusals).flatMap((all) =>
    all.map(({ after = 0, ...each }) => ({ time: world.world.now + after, count: 1, ...world.meant(each) })),
  ),
  dropped,
});

test.each(cases as readonly Case[])("a batch of refusals: $name", async (row) => {
  const world = await ToldWorld.of();
  const telling = world.refusals.told(batchOf(world, row), world.idOf(row.sender));
  if (row.refused === undefined) expect(await telling).toEqual({ untold: row.untold ?? [] });
  else expect(await codesOf(telling)).toEqual([row.refused]);
  const records = world.meant(row.records ?? []);
  expect(world.events.map(({ kind }) => kind)).toEqual(records.map(({ kind }) => kind));
  for (const [place, { facts, only }] of records.entries()) {
    const found = world.events[place]?.facts;
    if (only === undefined) expect(found).toMatchObject(facts ?? {});
    else expect(found).toEqual(only);
  }
  expect(world.logged).toHaveLength((row.untold ?? []).length);
});

test("the cases have more that are not taken than that are", () => {
  const isTaken = ({ refused, untold = [] }: Case) => refused === undefined && untold.length === 0;
  const taken = (cases as readonly Case[]).filter(isTaken).length;
  expect(cases.length - taken).toBeGreaterThan(taken);
});
