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

test("the exchange in the cluster is enough", () => {
  expect(control({ exchange }).node.tryFindChild("Function")).toBeUndefined();
});
