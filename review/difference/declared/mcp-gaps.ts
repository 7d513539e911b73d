import { brief, type RegistryAction, type RegistryTool } from "../../reach/declared/registry";
import type { About, Gap } from "./gap";
import { additions } from "../../reach/declared/side";

/** Capabilities of an MCP server besides tools */
export function capabilityGaps(
  was: RegistryTool | undefined,
  is: RegistryTool,
  { name, through: via, at }: About,
): readonly Gap[] {
  return additions(new Set(was?.capabilities), new Set(is.capabilities)).map((capability) => ({
    kind: "tool",
    what: `${name}${via} may use ${capability} of MCP`,
    witness: `a message of ${name} for ${capability}`,
    at: `${at}.capabilities`,
  }));
}

/** The definition of an MCP tool: pinned to a reviewed text, or unpinned, as the server sends it */
export function pinGaps(
  was: RegistryAction | undefined,
  is: RegistryAction,
  { name, through: via, at }: About,
): readonly Gap[] {
  if (!("tool" in is.match) || was?.pin === is.pin) {
    return was === undefined && is.unpinned !== undefined ? [unpinned(undefined, is, name, via, at)] : [];
  }
  if (is.pin === undefined) return [unpinned(was?.pin, is, name, via, at)];
  if (was?.pin === undefined) return [];
  return [
    {
      kind: "tool",
      what: `the pinned definition of ${name}${via} is ${brief(is.pin)}: what it does may differ`,
      otherwise: brief(was.pin),
      witness: `a definition of ${name} with ${brief(is.pin)}`,
      at: `${at}.pin`,
    },
  ];
}

function unpinned(pin: string | undefined, is: RegistryAction, name: string, via: string, at: string): Gap {
  const because = is.unpinned === undefined ? "and gives no reason" : `because ${brief(is.unpinned.reason)}`;
  return {
    kind: "tool",
    what: `what ${name}${via} does may change without review, ${because}`,
    ...(pin !== undefined && { otherwise: `pinned to ${brief(pin)}` }),
    witness: `another definition of ${name}`,
    at: `${at}.unpinned`,
  };
}
