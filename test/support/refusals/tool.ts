import { Tool } from "../../../constructs";

type Name = "query" | "qurey";

const search = Tool.http("search", {
  url: "https://api.search.example",
  clearance: "public",
  actions: {
    query: { method: "GET", path: "/v1/search" },
  },
});

/** A helper of the user's own is his line too. */
export function grant(name: Name) {
  return search.allow(name as "query"); // here
}

grant("qurey");
