import { onlyKnown, refuse, shown } from "./errors";
import { plainString } from "./plain";
import { MCP_CAPABILITIES, type McpAction, type McpCapability, type McpToolProps } from "./tool-props";

const PIN = /^sha256:[0-9a-f]{64}$/;
const PROPS = ["url", "clearance", "actions", "capabilities", "untrustedOutput", "actsAs", "privateAddress"] as const;
const ACTION_PROPS = ["tool", "pin", "unpinned", "readOnly", "impact", "outward", "touches"] as const;

/** Refuse properties that an MCP server lacks; above all a transport, of which there is only one. */
export function onlyMcp(props: McpToolProps<string>, where: string): void {
  if ("transport" in props) {
    const fix = "leave it out, and give the url of the server's Streamable HTTP endpoint";
    refuse("property.unknown", where, `has no property "transport", got ${shown(props.transport)}: ${fix}`);
  }
  onlyKnown(props, PROPS, where);
}

/** HTTP+SSE is deprecated since MCP 2025-03-26, and is no transport of a revision that is served. */
export function refuseEventStream(url: string, where: string): void {
  if (!/\/sse$/i.test(new URL(url).pathname)) return;
  const fix = `give the url of the server's Streamable HTTP endpoint, such as ${shown(url.replace(/sse$/i, "mcp"))}`;
  refuse("url.malformed", where, `url is of the deprecated HTTP+SSE transport, got ${shown(url)}: ${fix}`);
}

export function settlePin(
  action: McpAction,
  where: string,
): { readonly pin: string | undefined; readonly unpinned: { readonly reason: string } | undefined } {
  onlyKnown(action, ACTION_PROPS, where);
  const { pin, unpinned } = action;
  if (pin === undefined && unpinned === undefined) {
    const fix = `write pin: "sha256:…", as "ambit tools pin" prints it, or unpinned: { reason: "…" }`;
    refuse("pin.missing", where, `has neither pin nor unpinned: ${fix}`);
  }
  if (pin !== undefined && unpinned !== undefined) {
    refuse("pin.missing", where, "has both pin and unpinned: remove one of them");
  }
  if (pin === undefined) {
    return { pin, unpinned: { reason: plainString(unpinned?.reason, where, "unpinned.reason", "pin.missing") } };
  }
  if (!PIN.test(plainString(pin, where, "pin", "digest.malformed"))) {
    const what = `pin must be "sha256:" and 64 hex digits, as "ambit tools pin" prints it`;
    refuse("digest.malformed", where, `${what}, got ${shown(pin)}`);
  }
  return { pin, unpinned };
}

/** Sorted */
export function settleCapabilities(props: McpToolProps<string>, where: string): readonly McpCapability[] {
  const declared: readonly McpCapability[] = props.capabilities ?? [];
  const odd = declared.find((each) => !MCP_CAPABILITIES.includes(each));
  if (odd !== undefined) {
    refuse("capability.unknown", where, `capabilities must be of ${MCP_CAPABILITIES.join(", ")}, got ${shown(odd)}`);
  }
  const { actsAs } = props;
  const isBound = typeof actsAs === "object" && Object.keys(actsAs.bind ?? {}).length > 0;
  if (declared.length > 0 && isBound) {
    const what = "capabilities carry no parameter that actsAs.bind could hold to a claim";
    refuse("bind.unknown", where, `${what}, got ${shown(declared)}: leave them out, or declare another tool for them`);
  }
  return [...new Set(declared)].sort();
}
