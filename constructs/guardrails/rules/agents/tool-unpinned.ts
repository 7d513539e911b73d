import { byText } from "../../../../domain/by-text";
import { own } from "../../../../domain/own";
import { tasksOf } from "../../private/agent-tasks";
import type { AgentRule } from "../../rule";

/** `unpinned` says why; this asks who answers for it, and until when. */
export const toolUnpinned: AgentRule = {
  id: "AMBIT-AGENT-TOOL-UNPINNED",
  severity: "high",
  what: "an agent must call MCP tools by the digest of their reviewed definition",
  why: "a server that changes the description of a tool speaks to the model in its next call, and nothing notices",
  fix: "write the pin that `ambit tools pin` prints",
  standards: ["owasp-asi/ASI04", "owasp-asi/ASI01", "owasp-mcp/MCP03", "sp800-53/SR-3"],
  *checkAgent(agent, registry) {
    const reasons = new Map<string, string>();
    for (const { task, facts } of tasksOf(agent, registry)) {
      if (!facts.calls.some(({ isUnpinned }) => isUnpinned)) continue;
      for (const [tool, actions] of Object.entries(task.tools)) {
        for (const action of actions) {
          const unpinned = own(own(registry.tools, tool)?.actions, action)?.unpinned;
          if (unpinned !== undefined) reasons.set(`${tool}.${action}`, unpinned.reason);
        }
      }
    }
    for (const [name, reason] of [...reasons].sort(([one], [other]) => byText(one, other)))
      yield { what: `tool::${name}`, at: "tasks", evidence: reason };
  },
};
