import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { ConfigMapV1 } from "@cdktf/provider-kubernetes/lib/config-map-v1";
import { DeploymentV1 } from "@cdktf/provider-kubernetes/lib/deployment-v1";
import { type GatewayOpa, ToolGateway } from "../../constructs/gateway";
import { fleet } from "../../fleet";
import { exchange } from "../../fleet/exchange";
import { ControlStack, type ControlStackProps, FoundationStack } from "../../stacks";
import { testApp } from "../support/app";
import { refusal } from "../support/domain";
import { podOf } from "../support/spire";
import { clusterWith, newStack, platformWith, Template } from "../support/synth";

const control = (props: Partial<ControlStackProps>) =>
  new ControlStack(testApp(), "control", { platform: platformWith(), fleet, ...props });

test("fails when the exchange is nowhere: neither in the cluster nor in Lambda", () => {
  expect(refusal(() => control({}))).toMatchObject({
    code: "exchange.malformed",
    message: expect.stringContaining("exchange or exchangeFunction must be there, got neither: write exchange"),
  });
});

test("fails when a gateway is asked for, and the exchange is in Lambda alone: it is known by its SPIFFE ID", () => {
  const exchangeFunction = {
    certificate: "arn:aws:acm:eu-central-1:111122223333:certificate/0e0e0e0e-0000-4000-8000-000000000001",
    code: __filename,
  };
  expect(refusal(() => control({ exchangeFunction, gateway: {} }))).toEqual({
    code: "gateway.malformed",
    message:
      "[control]: gateway needs the exchange in the cluster, which it knows by its SPIFFE ID, got exchangeFunction alone: " +
      "write exchange too",
  });
});

test("the exchange in the cluster is enough", () => {
  expect(control({ exchange }).node.tryFindChild("Function")).toBeUndefined();
});

describe("a kill switch that could not reach the exchange", () => {
  const platform = platformWith({ killSwitch: true });
  const code = __filename;
  const exchangeFunction = {
    certificate: "arn:aws:acm:eu-central-1:111122223333:certificate/0e0e0e0e-0000-4000-8000-000000000001",
    code,
  };
  const mutualTls = { truststoreUri: "s3://acme-trust/spire.pem", truststoreVersion: "v1" };
  const exchangeAddress = "https://operators.acme.example";
  const refused = (props: Partial<ControlStackProps>) => refusal(() => control({ platform, ...props }));

  test("fails where the exchange is in the cluster and no address of it is named", () => {
    expect(refused({ exchange, killSwitch: { code } })).toEqual({
      code: "kill-switch.malformed",
      message:
        "[control]: killSwitch.exchangeAddress must be where the exchange in the cluster answers outside the VPC, got none: " +
        "write the https address of a load balancer or private link that leads to its pods",
    });
  });

  test.each<readonly [what: string, props: Partial<ControlStackProps>]>([
    ["alone", { killSwitch: { code, exchangeAddress } }],
    ["beside the cluster's, without an address", { exchange, killSwitch: { code } }],
  ])("fails where the exchange asks for a certificate in Lambda, %s", (_, props) => {
    expect(refused({ exchangeFunction: { ...exchangeFunction, mutualTls }, ...props })).toMatchObject({
      code: "kill-switch.malformed",
      message: expect.stringContaining("the kill switch has no certificate to show, got exchangeFunction.mutualTls"),
    });
  });

  test("fails where the exchange would issue tokens in the kill switch's name", () => {
    const issuer = "https://kill-switch.prod.acme.example";
    const killing = { code, exchangeAddress };
    expect(refused({ exchangeFunction: { ...exchangeFunction, issuer }, killSwitch: killing })).toMatchObject({
      code: "exchange.malformed",
      message: expect.stringContaining("which is among killSwitch of the platform"),
    });
  });

  test.each<readonly [what: string, props: Partial<ControlStackProps>]>([
    ["the cluster's has an address", { exchange, killSwitch: { code, exchangeAddress } }],
    ["the one in Lambda asks for no certificate", { exchangeFunction, killSwitch: { code } }],
  ])("there is none where %s", (_, props) => {
    expect(control({ platform, ...props }).node.tryFindChild("KillSwitch")).toBeDefined();
  });
});

describe("OPA in the gateway's pods", () => {
  const made = Template.of(control({ exchange, gateway: {}, opaRunsIn: "gateway" }));
  const deployments = made.all(DeploymentV1) as readonly { readonly metadata: { readonly name: string } }[];
  const gateway = deployments.find(({ metadata }) => metadata.name === "ambit-gateway") as (typeof deployments)[number];
  const { annotations, pod } = podOf(gateway);
  const container = (name: string) => pod.container.find((each) => each.name === name);

  test("decides in place of Cedar at a socket that the authorizer's container sees too, and there is no other OPA", () => {
    expect(deployments.map(({ metadata }) => metadata.name).sort()).toEqual([
      "ambit-collector",
      "ambit-exchange",
      "ambit-gateway",
    ]);
    const socket = { mount_path: "/run/ambit-opa/socket", name: "opa-socket" };
    expect(container("authorizer")?.["volume_mount"]).toContainEqual(socket);
    expect(container("opa")?.["volume_mount"]).toContainEqual(socket);
    const configs = made.all(ConfigMapV1) as readonly { readonly data?: Readonly<Record<string, string>> }[];
    const config = configs.find(({ data }) => data?.["authorizer.json"] !== undefined)?.data?.["authorizer.json"];
    expect(JSON.parse(config as string)).toMatchObject({
      engine: { opa: { socket: "/run/ambit-opa/socket/opa.sock" } },
    });
  });

  test("decides until the pod is out of service, and starts anew with another policy key", () => {
    expect(container("opa")?.["lifecycle"]).toEqual(container("authorizer")?.["lifecycle"]);
    expect(Object.keys(annotations as object)).toEqual(
      expect.arrayContaining(["ambit.internal/config", "ambit.internal/opa-config", "ambit.internal/opa-policy-key"]),
    );
  });

  test("fetches its bundle by the gateway's service account", () => {
    const foundation = (props: object) =>
      JSON.stringify(
        Template.of(new FoundationStack(testApp(), "foundation", { platform: platformWith(), fleet, ...props })).all(
          IamRole,
        ),
      );
    expect(foundation({})).toContain("system:serviceaccount:ambit-system:ambit-opa");
    expect(foundation({ opaRunsIn: "gateway" })).not.toContain("system:serviceaccount:ambit-system:ambit-opa");
  });

  test("fails where there is no gateway", () => {
    expect(refusal(() => control({ exchange, opaRunsIn: "gateway" }))).toEqual({
      code: "gateway.malformed",
      message: '[control]: opaRunsIn "gateway" needs a gateway, got none: write gateway',
    });
  });

  test("fails where it has pods of its own: the authorizer could not open its socket", () => {
    const opa = { address: "https://ambit-opa.ambit-system.svc:8181" } as GatewayOpa;
    const stack = newStack(platformWith());
    const made = () => new ToolGateway(stack, "Gateway", { fleet, exchange: { issuer: "", address: "" }, opa });
    expect(refusal(made)).toEqual({
      code: "gateway.malformed",
      message:
        '[test/Gateway]: opa must be a sidecar, got one that answers at "https://ambit-opa.ambit-system.svc:8181": ' +
        "make it with OpaSidecar",
    });
  });
});

describe("monitoring", () => {
  const collector = {
    address: "http://collector.monitoring.svc:4318",
    namespace: "monitoring",
    podLabels: { app: "c" },
  };
  const platform = platformWith({ cluster: clusterWith(collector) });

  test("is there where it is asked for", () => {
    expect(control({ exchange }).node.tryFindChild("Monitoring")).toBeUndefined();
    expect(control({ exchange, platform, monitoring: {} }).node.tryFindChild("Monitoring")).toBeDefined();
  });

  test("comes with a collector where the platform has one deployed, and not with one of yours", () => {
    expect(control({ exchange }).node.tryFindChild("Collector")).toBeDefined();
    expect(control({ exchange, platform }).node.tryFindChild("Collector")).toBeUndefined();
    expect(refusal(() => control({ exchange, platform, collector: {} }))).toEqual({
      code: "monitoring.malformed",
      message:
        '[control]: collector needs a platform whose cluster.collector is "deployed", got another: ' +
        "write it so, or leave collector out",
    });
  });

  test("fails when nothing is measured", () => {
    expect(
      refusal(() => control({ exchange, platform: platformWith({ cluster: clusterWith() }), monitoring: {} })),
    ).toEqual({
      code: "monitoring.malformed",
      message:
        "[control]: monitoring needs cluster.collector of the platform, without which nothing is measured, got none: " +
        'write "deployed", or where the pods of yours are',
    });
  });
});
