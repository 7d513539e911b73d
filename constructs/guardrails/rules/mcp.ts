import type { Rule } from "../rule";
import { failOpen } from "./mcp/fail-open";
import { openRegistration } from "./mcp/open-registration";
import { sse } from "./mcp/sse";
import { tokenPassthrough } from "./mcp/token-passthrough";
import { toolImage } from "./mcp/tool-image";
import { toolPackage } from "./mcp/tool-package";
import { unauthorized } from "./mcp/unauthorized";
import { version } from "./mcp/version";
import { warmIdentity } from "./mcp/warm-identity";

export const MCP_RULES: readonly Rule[] = [
  failOpen,
  openRegistration,
  sse,
  tokenPassthrough,
  toolImage,
  toolPackage,
  unauthorized,
  version,
  warmIdentity,
];
