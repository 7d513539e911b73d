import { resourcesOf } from "../../../support/example-app";
import type { TrailRecord } from "./trail-events";

interface Selector {
  readonly field_selector: readonly {
    readonly field: string;
    readonly equals?: readonly string[];
    readonly starts_with?: readonly string[];
  }[];
}

/** What is rendered of the trail */
export interface RenderedTrail {
  readonly name: string;
  readonly selectors: readonly Selector[];
}

/** @param foundation stack as it was synthesized */
export function renderedTrail(foundation: string): RenderedTrail {
  const [trail] = Object.values(resourcesOf(foundation)["aws_cloudtrail"] ?? {});
  if (trail === undefined) throw new Error("the foundation has no trail");
  return { name: trail["name"] as string, selectors: trail["advanced_event_selector"] as readonly Selector[] };
}

/** Whether the trail writes an event down: one of its selectors has all of its conditions met (PutEventSelectors). */
export function isSelected({ selectors }: RenderedTrail, event: TrailRecord): boolean {
  return selectors.some(({ field_selector: fields }) =>
    fields.every(({ field, equals = [], starts_with: starts = [] }) =>
      valuesOf(event, field).some((value) => equals.includes(value) || starts.some((start) => value.startsWith(start))),
    ),
  );
}

function valuesOf({ eventCategory, resources }: TrailRecord, field: string): readonly string[] {
  if (field === "eventCategory") return [eventCategory];
  const [resource] = resources;
  if (field === "resources.type") return resource === undefined ? [] : [resource.type];
  if (field === "resources.ARN") return resource === undefined ? [] : [resource.ARN];
  throw new Error(`the stand-in for CloudTrail knows no field ${field}`);
}
