import { own } from "../../../../domain/own";
import type { AgentRule } from "../../rule";

/** `unpinned` says why; this asks who answers for it, and until when. */
export const toolUnpinned: AgentRule = {
  id: "AMBIT-AGENT-TOOL-UNPINNED",
  severity: "high",
  what: "an agent must call MCP tools by the digest of their reviewed definition",
  why: "a server that changes the description of a tool speaks to the model in its next call, and nothing notices",
  fix: "write the pin that `ambit tools pin` prints",
  standards: ["owasp-asi/ASI04", "owasp-asi/ASI01", "owasp-mcp/MCP03", "sp800-53/SR-3"],
  *checkAgent({ tasks }, { tools }) {
    const called = new Set(
      Object.values(tasks).flatMap((task) =>
        Object.entries(task.tools).flatMap(([tool, actions]) => actions.map((action) => `${tool}.${action}`)),
      ),
    );
    for (const name of [...called].sort()) {
      const [tool = "", action = ""] = name.split(".");
      const unpinned = own(own(tools, tool)?.actions, action)?.unpinned;
      if (unpinned !== undefined) yield { what: `tool::${name}`, at: "tasks", evidence: unpinned.reason };
    }
  },
};
