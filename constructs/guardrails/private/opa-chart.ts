import { type Chart, isOn, merged, objectAlong } from "../charts";
import type { BlockBody } from "../value";

/** @see https://github.com/open-policy-agent/kube-mgmt/tree/master/charts/opa-kube-mgmt (chart 9.0.0) */
const DEFAULTS: BlockBody = {
  authz: { enabled: true },
  image: { repository: "openpolicyagent/opa", tag: "1.16.1" },
  port: 8181,
};

/** Where OPA and its values stand */
export interface OpaChart {
  /** Such as `values` */
  readonly at: string;
  readonly values: BlockBody;
}

/** The chart `opa-kube-mgmt`, and `opa` as it was named before; undefined for other charts */
export function opaChartOf(chart: Chart | undefined): OpaChart | undefined {
  if (chart === undefined) return undefined;
  if (/^opa(?:-kube-mgmt)?$/.test(chart.name)) return { at: "values", values: merged([DEFAULTS, chart.values]) };
  const own = "opa-kube-mgmt" in chart.values ? objectAlong(chart.values, "opa-kube-mgmt") : undefined;
  return own && { at: "values.opa-kube-mgmt", values: merged([DEFAULTS, own]) };
}

/** What the chart starts OPA with */
export function opaArguments({ values }: OpaChart): readonly string[] {
  const { port, extraArgs } = values;
  const more = Array.isArray(extraArgs) ? extraArgs : [];
  return [
    "run",
    "--server",
    `--addr=0.0.0.0:${String(port)}`,
    ...(isOn(objectAlong(values, "authz")) ? ["--authentication=token", "--authorization=basic"] : []),
    ...more.filter((each) => typeof each === "string"),
  ];
}
