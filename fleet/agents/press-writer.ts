import { Agent } from "../../constructs";
import { drafts } from "../data";
import { editor } from "../tools";

export class PressWriter extends Agent.define("press-writer", {
  owner: "communications@acme.example",
  purpose: "Drafts press releases; suspended until its owner has reviewed what it may write",
  expires: "2027-02-28",
  workload: { namespace: "communications" },
  suspended: true,
  tasks: {
    draft: { startedBy: "user", tools: [editor.allow("draft")], data: [drafts.write()] },
  },
}) {}
