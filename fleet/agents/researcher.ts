import { Agent, Serve } from "../../constructs";
import { articles, tickets } from "../data";
import { claude, zendesk } from "../tools";
import { WebReader } from "./web-reader";

export class Researcher extends Agent.define("researcher", {
  owner: "knowledge@acme.example",
  purpose: "Looks things up for other agents: in the knowledge base, among tickets and through the web reader",
  expires: "2027-05-31",
  workload: { namespace: "research" },
  tasks: {
    lookup: {
      startedBy: "delegation",
      tools: [claude.allow("ask"), zendesk.allow("read")],
      data: [articles.read(), articles.list(), tickets.read()],
      delegates: [WebReader.task("fetch", { ttl: "5m" })],
      ttl: "10m",
    },
  },
  serves: Serve.a2a({
    port: 8080,
    sensitivity: "public",
    clearance: "restricted",
    card: {
      version: "1.0.0",
      skills: {
        lookup: { name: "Lookup", description: "Answers a question from the knowledge base", tags: ["knowledge"] },
      },
    },
  }),
}) {}
