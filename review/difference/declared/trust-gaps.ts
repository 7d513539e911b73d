import { brief } from "../../reach/declared/brief";
import type { Start } from "../../../domain";
import type { Registry, RegistryAgent } from "../../reach/declared/registry";
import type { Gap } from "./gap";
import type { Side } from "./side";

/** Whose tokens start an agent's tasks. A start that the agent did not have is told as such, not here. */
export function trustGaps(narrow: Side, wide: Side): readonly Gap[] {
  const had = startsOf(narrow.agent);
  return [...startsOf(wide.agent)]
    .filter((start) => had.has(start))
    .flatMap((start) => {
      const [known, now] = [signersOf(narrow.registry, start), signersOf(wide.registry, start)];
      return [...now].filter(([key]) => !known.has(key)).map(([, signer]) => gapOf(start, signer));
    });
}

interface Signer {
  readonly issuer: string;
  readonly jwksUri: string;
  readonly algorithm: string;
}

function startsOf({ tasks }: RegistryAgent): ReadonlySet<Start> {
  return new Set(Object.values(tasks).flatMap(({ startedBy }) => startedBy));
}

/** One for each algorithm, because each by itself is one more way to sign */
function signersOf({ trust }: Registry, start: Start): ReadonlyMap<string, Signer> {
  const issuers =
    start === "user" ? trust.issuers : trust.starters.filter(({ starts }) => starts.some((each) => each === start));
  const signers = issuers.flatMap(({ issuer, jwksUri, algorithms }) =>
    algorithms.map((algorithm) => ({ issuer, jwksUri, algorithm })),
  );
  return new Map(signers.map((signer) => [JSON.stringify(signer), signer]));
}

function gapOf(start: Start, { issuer, jwksUri, algorithm }: Signer): Gap {
  const signer = `${brief(issuer)} (${brief(algorithm)}, keys at ${brief(jwksUri)})`;
  return {
    kind: "trust",
    what: `its tasks may be started by ${start === "user" ? "users" : `the ${start}s`} of ${signer}`,
    witness: `a token of ${brief(issuer)}, signed ${brief(algorithm)} by a key at ${brief(jwksUri)}`,
    at: start === "user" ? "trust.issuers" : "trust.starters",
  };
}
