/** Known values of the pods that a controller manager template is rendered for */
export interface Filling {
  readonly trustDomain?: string | undefined;
  readonly namespace?: string | undefined;
  readonly account?: string | undefined;
  readonly labels?: ReadonlyMap<string, string>;
}

const ACTION = /\{\{-?\s*(.*?)\s*-?\}\}/g;
const LABEL = /^index \.PodMeta\.(?:Labels|GetLabels) "([^"]+)"$/;

/**
 * A template with the known values of a pod; unknown ones stay as written.
 *
 * Source: SPIRE controller manager, docs/clusterspiffeid-crd.md
 */
export function fillTemplate(template: string, filling: Filling): string {
  return template.replace(ACTION, (whole, expression: string) => valueOf(expression, filling) ?? whole);
}

/** The same for a reader, with words for unknown values */
export function templateText(template: string, filling: Filling): string {
  const text = template.replace(ACTION, (_, expression: string) => valueOf(expression, filling) ?? wordsOf(expression));
  return text.replaceAll(/\{\{|\}\}/g, "(a template that does not end)");
}

function valueOf(expression: string, { trustDomain, namespace, account, labels }: Filling): string | undefined {
  switch (expression) {
    case ".TrustDomain":
      return trustDomain;
    case ".PodMeta.Namespace":
      return namespace;
    case ".PodSpec.ServiceAccountName":
      return account;
  }
  const label = LABEL.exec(expression)?.[1];
  return label === undefined ? undefined : labels?.get(label);
}

function wordsOf(expression: string): string {
  switch (expression) {
    case ".TrustDomain":
      return "(trust domain)";
    case ".PodMeta.Namespace":
      return "(namespace of the pod)";
    case ".PodSpec.ServiceAccountName":
      return "(service account of the pod)";
    case ".PodMeta.Name":
      return "(name of the pod)";
  }
  const label = LABEL.exec(expression)?.[1];
  return label === undefined ? "(what the pod says)" : `(label ${label} of the pod)`;
}
