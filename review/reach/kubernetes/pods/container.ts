import { type Json, type JsonObject, member } from "../../../read/json";
import { block, blocks, text } from "../objects/values";
import type { Workload } from "../workload";

export interface Container {
  readonly name: string;
  /** For a reader, such as `container "agent"` */
  readonly title: string;
  readonly body: JsonObject;
  readonly workload: Workload;
}

const LISTS = [
  ["containers", "container"],
  ["initContainers", "init container"],
  ["ephemeralContainers", "ephemeral container"],
] as const;

export function containersOf(workload: Workload): readonly Container[] {
  return LISTS.flatMap(([key, kind]) =>
    blocks(workload.spec, key).map((body) => {
      const name = text(body, "name") ?? "";
      return { name, title: `${kind} ${JSON.stringify(name)}`, body, workload };
    }),
  );
}

/** A field of its security context, else of its pod's */
export function securityField({ body, workload }: Container, key: string): Json | undefined {
  const own = block(body, "securityContext");
  const written = member(own, key);
  if (written !== undefined && written !== null) return written;
  // The provider writes `runAsNonRoot: false` into a container's context where the argument is left out.
  const isWrittenFalse = key === "runAsNonRoot" && workload.object.isTyped && Object.keys(own).length > 0;
  return isWrittenFalse ? false : member(block(workload.spec, "securityContext"), key);
}
