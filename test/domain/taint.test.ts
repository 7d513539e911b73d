import { DeclarationError, taintedSelfStart } from "../../domain";
import selfStarts from "../cases/self-starts.json";
import taints from "../cases/taint.json";
import { type FleetSketch, sketched } from "../support/sketched-fleet";

/** How the fleet is refused, or null */
function refusalOf(agents: FleetSketch): { readonly code: string | null; readonly message: string } | null {
  try {
    const tainted = taintedSelfStart(sketched(agents).agents, ["acme.example"]);
    return tainted === undefined ? null : { code: null, message: tainted.sentence };
  } catch (error) {
    if (error instanceof DeclarationError) return { code: error.code, message: error.message };
    throw error;
  }
}

test.each(taints.map((row) => [row.name, row] as const))("storage washes nothing: %s", (_name, { agents, refused }) => {
  const message = refused && `agent "${refused.agent}": ${refused.sentence}`;
  expect(refusalOf(agents as unknown as FleetSketch)).toEqual(refused && { code: "flow.tainted-write", message });
});

test.each(selfStarts.map((row) => [row.name, row] as const))("what starts itself: %s", (_name, { agents, refused }) => {
  const where = refused?.code === null ? "" : `agent "desk-clerk": `;
  expect(refusalOf(agents as unknown as FleetSketch)).toEqual(
    refused && { code: refused.code, message: `${where}${refused.sentence}` },
  );
});
