import { Tool } from "../../../../constructs";
import { tickets } from "./data";

export const HOST: string = "desk.acme.example";

export const desk = Tool.http("desk", {
  url: `https://${HOST}`,
  clearance: "confidential",
  actions: { read: { method: "GET", path: "/tickets/{id}", touches: [tickets.read()] } },
});
