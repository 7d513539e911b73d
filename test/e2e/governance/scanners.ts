import { deepStrictEqual as equal } from "node:assert";
import { join } from "node:path";
import { pythonWith } from "../harness/python";

const ENGINE = join(__dirname, "..", "engines", "scanners");

/** Python with checkov and parliament */
export const scannersPython = (): Promise<string> => pythonWith("scanners", ENGINE);

/** Fails where a scanner finds what the list has no reason for, and where the list holds what is no longer found. */
export function exactly(found: Iterable<string>, accepted: Iterable<string>): void {
  const [seen, listed] = [new Set(found), new Set(accepted)];
  equal(
    {
      "without a reason": [...seen].filter((each) => !listed.has(each)).sort(),
      "no longer found": [...listed].filter((each) => !seen.has(each)).sort(),
    },
    { "without a reason": [], "no longer found": [] },
  );
}
