import type { Json } from "../../../domain";
import { type Chart, isOn, objectAlong } from "../charts";
import type { BlockBody } from "../value";
import { opaChartOf } from "./opa-chart";
import { spireComponentsOf } from "./spire-chart";

/** A webhook that a chart installs, with what happens where it does not answer */
export interface ChartWebhook {
  readonly name: string;
  readonly at: string;
  readonly policy: Json;
}

/** The webhooks of the charts `gatekeeper`, `opa-kube-mgmt` and SPIRE's, which decide on objects. The first two ignore failures by default. */
export function webhooksOf(chart: Chart): readonly ChartWebhook[] {
  return [...ofGatekeeper(chart), ...ofOpa(chart), ...ofSpire(chart)];
}

/** @see https://github.com/open-policy-agent/gatekeeper/tree/master/charts/gatekeeper (chart 3.23) */
const GATEKEEPER = [
  ["validation.gatekeeper.sh", "validatingWebhookFailurePolicy", "Ignore", "disableValidatingWebhook"],
  ["check-ignore-label.gatekeeper.sh", "validatingWebhookCheckIgnoreFailurePolicy", "Fail", "disableValidatingWebhook"],
  ["mutation.gatekeeper.sh", "mutatingWebhookFailurePolicy", "Ignore", "disableMutation"],
] as const;

function ofGatekeeper({ name, values, unread }: Chart): readonly ChartWebhook[] {
  const isAlone = name === "gatekeeper";
  if (!isAlone && !("gatekeeper" in values)) return [];
  const own: BlockBody = isAlone ? values : objectAlong(values, "gatekeeper");
  return GATEKEEPER.filter(([, , , off]) => own[off] !== true && own[off] !== "true").map(
    ([webhook, value, usual]) => ({
      name: webhook,
      at: `values${isAlone ? "" : ".gatekeeper"}.${value}`,
      policy: own[value] ?? (unread.length > 0 ? "Fail" : usual),
    }),
  );
}

function ofOpa(chart: Chart): readonly ChartWebhook[] {
  const opa = opaChartOf(chart);
  const own = opa === undefined ? {} : objectAlong(opa.values, "admissionController");
  if (opa === undefined || !isOn(own)) return [];
  const at = `${opa.at}.admissionController.failurePolicy`;
  return [
    {
      name: "webhook.openpolicyagent.org",
      at,
      policy: own["failurePolicy"] ?? (chart.unread.length > 0 ? "Fail" : "Ignore"),
    },
  ];
}

function ofSpire(chart: Chart): readonly ChartWebhook[] {
  return spireComponentsOf(chart).flatMap(({ at, values }) => {
    const own = objectAlong(values, "controllerManager", "validatingWebhookConfiguration");
    const place = `${at}.controllerManager.validatingWebhookConfiguration.failurePolicy`;
    const policy = own["failurePolicy"] ?? null;
    return policy === null ? [] : [{ name: "spire-controller-manager", at: place, policy }];
  });
}
