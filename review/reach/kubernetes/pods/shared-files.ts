import { type Fact, fact } from "../fact";
import { blocks, text } from "../objects/values";
import { containersOf } from "./container";
import { foldersOf, isWritten, type Mount } from "./mounts";

/** What one container writes the other reads. */
export function sharedFacts({ name, mount, container: { title, workload, name: own } }: Mount): readonly Fact[] {
  const others = containersOf(workload).filter(
    (other) => other.name !== own && blocks(other.body, "volumeMounts").some((one) => text(one, "name") === name),
  );
  const { address } = workload.object;
  return others.flatMap((other) => {
    const what = `${title} shares files with ${other.title}`;
    const inside = { scope: what, isRelative: true };
    return [
      fact("enforcement", what, `it reads what ${other.title} writes`, address, { scope: what }),
      fact(
        "enforcement",
        `${title} shares more files with ${other.title}`,
        "a file outside the part that it shared",
        address,
        {
          ...inside,
          under: foldersOf(mount),
        },
      ),
      ...(isWritten(mount)
        ? [
            fact(
              "enforcement",
              `${title} writes files of ${other.title}`,
              "it writes what the other reads",
              address,
              inside,
            ),
          ]
        : []),
    ];
  });
}
