import { Testing } from "cdktf";
import { Fleet } from "../../../constructs";
import { SpireServer } from "../../../constructs/spire";
import { platform } from "../../../fleet/platform";
import { TrustStack } from "../../../stacks";

interface Props {
  readonly lifetime: "4h";
}

const { lifetime }: Props = { lifetime: "4h" };
const stack = new TrustStack(Testing.app(), "trust", { platform, fleet: Fleet.of() });

SpireServer.embedded(stack, "Server", { lifetimes: { ca: lifetime } }); // here
