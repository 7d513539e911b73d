import { fleet } from "../../fleet";
import { exchange } from "../../fleet/exchange";
import { ControlStack, type ControlStackProps } from "../../stacks";
import { testApp } from "../support/app";
import { refusal } from "../support/domain";
import { platformWith } from "../support/synth";

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
    certificateArn: "arn:aws:acm:eu-central-1:111122223333:certificate/0e0e0e0e-0000-4000-8000-000000000001",
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
