import * as fc from "fast-check";
import { SortedItems } from "../../../runtime/store/sorted-items";
import type { Stored } from "../../../runtime/store/transaction";
import "../../support/depth";

const stored = (version: number) => ({ text: "1", version }) as unknown as Stored;
const SORTS = fc.constantFrom("", "a", "b", "b1", "b2", "c", "é", "\uffee", "😀");

const step = fc.oneof(
  fc.record({ put: SORTS }),
  fc.record({ remove: SORTS }),
  fc.record({ behind: fc.option(SORTS, { nil: undefined }) }),
);

test("items are listed in the order of their keys' bytes behind any key, after any puts and removals", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const items = new SortedItems();
      const model = new Map<string, Stored>();
      for (const [version, one] of steps.entries()) {
        if ("put" in one) {
          items.set(one.put, stored(version));
          model.set(one.put, stored(version));
        } else if ("remove" in one) {
          expect(items.delete(one.remove)).toBe(model.delete(one.remove));
        } else {
          const isBehind = ([sort]: readonly [string, Stored]): boolean =>
            one.behind === undefined || Buffer.from(sort).compare(Buffer.from(one.behind)) > 0;
          const wanted = [...model]
            .filter(isBehind)
            .sort(([left], [right]) => Buffer.from(left).compare(Buffer.from(right)));
          expect([...items.behind(one.behind)].map((each) => [each.sort, each.stored])).toEqual(wanted);
        }
        expect(items.size).toBe(model.size);
      }
    }),
  );
});
