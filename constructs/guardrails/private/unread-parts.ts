import type { Json } from "../../../domain";
import { type Chart, unknownAlong } from "../charts";
import { isObject, isReference, UndecidedValue } from "../value";
import { opaChartOf } from "./opa-chart";
import { COMPONENT, spireComponentsOf } from "./spire-chart";

/** Where an object or a list of a component is read; `*` is each name */
const PARTS = {
  server: [
    "keyManager.*",
    "nodeAttestor.*",
    "dataStore.sql.options.*",
    "customPlugins.*.*.plugin_data",
    "unsupportedBuiltInPlugins.*.*.plugin_data",
    "controllerManager.identities.*.*",
    "controllerManager.validatingWebhookConfiguration",
    "experimental.authOpaPolicyEngine.local.rego",
  ],
  agent: [
    "agents.*",
    "nodeAttestor.*",
    "workloadAttestors.*",
    "sds",
    "customPlugins.*.*.plugin_data",
    "unsupportedBuiltInPlugins.*.*.plugin_data",
  ],
} as const;

const OPA = ["authz.enabled", "extraArgs.*", "opa", "bootstrapPolicies.*", "admissionController", "image"];

/** Programs within another chart, which a name of its values may install */
const NAMES = new RegExp(`${COMPONENT.source}|^(?:opa-kube-mgmt|gatekeeper)$`);

/**
 * What stands in the place of a part of SPIRE or OPA in a chart's values, and is known at apply only: rules find nothing there
 */
export function unreadPartsOf(chart: Chart): readonly UndecidedValue[] {
  const found = [
    ...unreadBelow(chart.values, "values"),
    ...spireComponentsOf(chart).flatMap(({ kind, at, values }) => along(values, PARTS[kind], at)),
  ];
  const opa = opaChartOf(chart);
  if (opa !== undefined) found.push(...along(opa.values, OPA, opa.at));
  return [...new Map(found.map((each) => [each.at, each])).values()];
}

function along(values: Chart["values"], paths: readonly string[], at: string): readonly UndecidedValue[] {
  return paths.flatMap((path) => unknownAlong(values as Json, path.split("."), at));
}

/** Programs whose values are known at apply only, and names at the top that are */
function unreadBelow(values: Chart["values"], at: string, depth = 0): readonly UndecidedValue[] {
  return Object.entries(values).flatMap(([name, value]) => {
    const place = `${at}.${name}`;
    const isUnknown = typeof value === "string" && isReference(value);
    if (NAMES.test(name)) return isUnknown ? [new UndecidedValue(place, value, `${place} is known at apply only`)] : [];
    if (depth === 0 && (isReference(name) || /^\((?!")/.test(name)))
      return [new UndecidedValue(at, name, `the name of a value in ${at} is known at apply only`)];
    return isObject(value) && depth < 2 ? unreadBelow(value, place, depth + 1) : [];
  });
}
