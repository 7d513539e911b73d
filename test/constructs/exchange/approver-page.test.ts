import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { NetworkPolicyV1 } from "@cdktf/provider-kubernetes/lib/network-policy-v1";
import { ServiceV1 } from "@cdktf/provider-kubernetes/lib/service-v1";
import type { PeopleProps, PlatformProps } from "../../../constructs";
import { type ApproverPage, TokenExchange } from "../../../constructs/exchange";
import { checkConfig } from "../../../runtime/exchange/config";
import { podOf, waysOf } from "../../support/spire";
import { newStack, platformWith, Template } from "../../support/synth";

const PEOPLE: PeopleProps = {
  issuer: "https://login.acme.example",
  jwksUri: "https://login.acme.example/keys",
  clientId: "ambit-approvals",
  operators: [],
  host: "approvals.acme.example",
};
const PAGE: ApproverPage = { certificate: "ambit-approvals-tls" };
const FOLDER = "/var/run/secrets/ambit-approver-page";

function deployed(approverPage?: ApproverPage, people: PeopleProps = PEOPLE) {
  const platform: Partial<PlatformProps> = { people };
  const stack = newStack(platformWith(platform));
  const props = { keyCidrs: ["203.0.113.0/24"], ...(approverPage && { approverPage }) };
  new TokenExchange(stack, "Exchange", props);
  return Template.of(stack);
}

const open = deployed(PAGE);
const { pod } = podOf(open.only(DeploymentV1));
const services = (template: Template) => template.all(ServiceV1);

test("browsers reach the page through a load balancer that ends no TLS, at a port of its own", () => {
  expect(services(open)).toContainEqual(
    expect.objectContaining({
      metadata: expect.objectContaining({ name: "ambit-exchange-approvers", namespace: "ambit-system" }) as object,
      wait_for_load_balancer: true,
      spec: expect.objectContaining({
        type: "LoadBalancer",
        external_traffic_policy: "Local",
        port: [{ name: "page", port: 443, target_port: "8444", protocol: "TCP" }],
      }) as object,
    }),
  );
});

test.each([
  [undefined, ["0.0.0.0/0"]],
  [["203.0.113.0/24"], ["203.0.113.0/24"]],
])("of the clients %j may connect to that port", (clientCidrs, cidrs) => {
  const template = deployed({ ...PAGE, ...(clientCidrs && { clientCidrs }) });
  expect(waysOf(template.only(NetworkPolicyV1)).in).toEqual(
    expect.arrayContaining(cidrs.map((cidr) => `${cidr} TCP/8444`)),
  );
});

test("the certificate is the secret's, which the exchange reads where it is told", () => {
  expect(pod.volume).toContainEqual(
    expect.objectContaining({
      name: "approver-page",
      secret: expect.objectContaining({ secret_name: "ambit-approvals-tls", default_mode: "0440" }) as object,
    }),
  );
  expect(pod.container[0]?.volume_mount).toContainEqual(
    expect.objectContaining({ name: "approver-page", mount_path: FOLDER, read_only: true }),
  );
  const { data } = open.only(ConfigMapV1) as { data: Readonly<Record<string, string>> };
  expect(checkConfig(JSON.parse(data["config.json"] ?? "")).approverPage).toEqual({
    listen: { host: "0.0.0.0", port: 8444 },
    tls: { certificate: `${FOLDER}/tls.crt`, key: `${FOLDER}/tls.key` },
  });
});

test("annotations are the load balancer's", () => {
  const annotations = { "service.beta.kubernetes.io/aws-load-balancer-type": "external" };
  expect(JSON.stringify(services(deployed({ ...PAGE, annotations })))).toContain(JSON.stringify(annotations));
});

test("where it is not asked for there is no page, port, secret or load balancer", () => {
  const text = JSON.stringify(deployed().json);
  expect(text).not.toMatch(/8444|LoadBalancer|approver-page|approverPage/);
});

const { host: _, ...HOSTLESS } = PEOPLE;

test.each<[string, ApproverPage, PeopleProps, string]>([
  [
    "the platform names no host",
    PAGE,
    HOSTLESS,
    "approverPage needs the host of the page, and the platform names none: write people.host, or leave approverPage out",
  ],
  ["the secret has no name", { certificate: "" }, PEOPLE, "approverPage.certificate"],
  [
    "the secret's name is none",
    { certificate: "A b" },
    PEOPLE,
    'approverPage.certificate must be the name of a Kubernetes secret, got "A b"',
  ],
  [
    "no client may connect",
    { ...PAGE, clientCidrs: [] },
    PEOPLE,
    "approverPage.clientCidrs must name the address ranges that may connect, got []: leave it out to allow all addresses, or leave approverPage out to allow none",
  ],
  ["a range is none", { ...PAGE, clientCidrs: ["10.0.0.0"] }, PEOPLE, "approverPage.clientCidrs"],
])("fails when %s", (_name, page, people, message) => {
  expect(() => deployed(page, people)).toThrow(message);
});
