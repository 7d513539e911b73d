import { join } from "node:path";
import { type BuiltImage, type containerHere, standInHere } from "../images";
import type { KubeObject } from "../../spire/kube-client";
import { bundledImage } from "./bundled-image";

export type Rendered = Readonly<Record<string, unknown>> &
  Parameters<typeof containerHere>[1] & { readonly name: string };

/** What runs in the agent's container of the rendered pods: the image that its team would build */
export interface AgentCode {
  /** As a note says it */
  readonly said: string;
  image(folder: string): Promise<BuiltImage>;
  /** What the container has in place of what is rendered, or besides */
  container(rendered: Rendered): Readonly<Record<string, unknown>>;
  /** Volumes besides those that are rendered */
  readonly volumes: readonly Readonly<Record<string, unknown>>[];
  /** Objects that the pods need */
  readonly objects: readonly KubeObject[];
}

export const DESK: AgentCode = {
  said: "a web server in Hono",
  image: (folder) => bundledImage(folder, "desk", join(__dirname, "desk.ts")),
  container: () => standInHere("desk"),
  volumes: [],
  objects: [],
};
